import { type HasParam, missingParams } from '@writ/http'
import { type Callable, guardsOf } from '../internal/declarations.ts'

/**
 * The problems that keep a handler from being guarded by what is declared, each worded to follow the handler's name.
 *
 * @param hasParam - Whether the path of the handler has a param of that name. Default: it has none.
 */
export function problemsOf(controller: Callable, handler: Callable, hasParam: HasParam = () => false): string[] {
  try {
    const guards = guardsOf(controller, handler)
    if (guards === undefined) return [' is not guarded']
    if (guards === 'public') return []
    return guards.flatMap((guard) => missingParams(guard, hasParam)).map((problem) => `: ${problem}`)
  } catch (error) {
    return [`: ${(error as Error).message}`]
  }
}
