/**
 * Stops an app from starting if anything in it is not guarded. For the start-up checks of adapters.
 *
 * @param problems - One line per problem, such as `GET /invoices is not guarded`. Repeated lines are reported once.
 * @param what - What the lines are about, in the singular. Default: `route`.
 * @throws `TypeError` that begins with `app: not every route is guarded`, if there is a problem; then each problem on a line of
 * its own.
 *
 * @example
 * ```ts
 * import { reportUnguarded } from '@writ/http'
 *
 * try {
 *   reportUnguarded(['GET /invoices is not guarded'])
 * } catch (error) {
 *   console.log((error as Error).message)
 *   // app: not every route is guarded
 *   //   GET /invoices is not guarded
 * }
 * ```
 */
export function reportUnguarded(problems: Iterable<string>, what = 'route'): void {
  const lines = [...new Set(problems)].map((problem) => `\n  ${problem}`)
  if (lines.length > 0) throw new TypeError(`app: not every ${what} is guarded${lines.join('')}`)
}
