import type { RequestView } from '../request-view.ts'
import type { FrozenRequirement } from '../requirement.ts'
import { createSideTable } from './side-table.ts'

/** Which run of a handler a decision is about. */
export type RunOf = (requirement: FrozenRequirement<never>, view: RequestView) => object

/** A run that the adapter does not name, and the requirements decided about in it, each with its view. */
interface Pass {
  readonly run: object
  readonly decided: Map<FrozenRequirement<never>, RequestView>
}

/**
 * Tells the run that the adapter names. If it names none, all decisions about a request belong to one run, until the same
 * requirement comes again in another view: then its guard is part of a second run.
 */
export function runOf(): RunOf {
  const passes = createSideTable<object, Pass>()
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
