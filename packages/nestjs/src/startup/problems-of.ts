import { type Callable, guardsOf } from '../internal/declarations.ts'

/** Why a handler cannot be guarded by what is declared, each to be written behind its name; none: it can. */
export function problemsOf(
  controller: Callable,
  handler: Callable,
  hasParam: (name: string) => boolean = () => false,
): string[] {
  try {
    const guards = guardsOf(controller, handler)
    if (guards === undefined) return [' is not guarded']
    if (guards === 'public') return []
    const sources = guards.flat().flatMap(({ designate }) => Object.values(designate))
    return sources
      .filter((source) => typeof source === 'string' && !hasParam(source))
      .map((source) => `: designate: "${source}" is no param of its path`)
  } catch (error) {
    return [`: ${(error as Error).message}`]
  }
}

/** Errors: one `TypeError` that names every problem there is. */
export function throwProblems(title: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new TypeError(`${title}\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
}
