import type { RequestView } from '../request-view.ts'
import type { FrozenRequirement } from '../requirement.ts'

/** Which run of a handler a decision is about. */
export type RunOf = (requirement: FrozenRequirement<never>, view: RequestView) => object

/** A run that no adapter names, and the requirements that were decided about, each with its view. */
interface Pass {
  readonly run: object
  readonly decided: Map<FrozenRequirement<never>, RequestView>
}

/**
 * The run that the adapter names. Without one, all decisions about a request are about one run, until a requirement comes again in another
 * view: its guard stands on the way of a second run then.
 */
export function runOf(): RunOf {
  const passes = new WeakMap<object, Pass>()
  return (requirement, view) => {
    if (view.run) return view.run
    const source = view.source ?? view
    const known = passes.get(source)
    const before = known?.decided.get(requirement)
    const pass = known && (!before || before === view) ? known : { run: {}, decided: new Map() }
    pass.decided.set(requirement, view)
    passes.set(source, pass)
    return pass.run
  }
}
