import { findSecrets } from './find-secrets.ts'

/**
 * Replaces what `findSecrets` finds, for a log.
 *
 * @example
 * ```ts
 * import { maskSecrets } from '@writ/pipeline'
 *
 * export function log(line: string): void {
 *   console.log(maskSecrets(line))
 * }
 * ```
 */
export function maskSecrets(text: string): string {
  let masked = ''
  let from = 0
  for (const { kind, start, end } of findSecrets(text)) {
    masked += `${text.slice(from, start)}[${kind}]`
    from = end
  }
  return masked + text.slice(from)
}
