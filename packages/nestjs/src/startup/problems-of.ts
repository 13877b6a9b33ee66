import { type GuardEngine, type HasParam, missingParams, type NodeRequest } from '@writ/http'
import { type Callable, guardsOf } from '../internal/declarations.ts'

/** Checks a requirement against the schema of the module. */
export type RequirementCheck = Pick<GuardEngine<NodeRequest>, 'check'>

/**
 * The problems that keep a handler from being guarded by what is declared, each worded to follow the handler's name.
 *
 * @param engine - Checks against the schema.
 * @param hasParam - Whether the path of the handler has a param of that name. Default: it has none.
 */
export function problemsOf(
  controller: Callable,
  handler: Callable,
  engine: RequirementCheck,
  hasParam: HasParam = () => false,
): string[] {
  try {
    const guards = guardsOf(controller, handler)
    if (guards === undefined) return [' is not guarded']
    if (guards === 'public') return []
    for (const requirement of guards.flat()) engine.check(requirement)
    return guards.flatMap((guard) => missingParams(guard, hasParam)).map((problem) => `: ${problem}`)
  } catch (error) {
    return [`: ${(error as Error).message}`]
  }
}
