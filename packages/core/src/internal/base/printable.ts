const MAX_LENGTH = 128

/** Characters that can end a line, move the cursor or reorder text when printed. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

/** What most values are. */
const PLAIN = /^[ -~]*$/

/**
 * `value` made safe for a log: control, format and unassigned characters are escaped, and it is cut to 128 characters.
 *
 * @example
 * ```ts
 * import { printable } from '@writ/core'
 *
 * console.log(printable('acme\n200 OK')) // acme\u{a}200 OK
 * ```
 */
export function printable(value: string): string
export function printable(value: string | undefined): string | undefined
export function printable(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  if (value.length <= MAX_LENGTH && PLAIN.test(value)) return value
  const escaped = value
    .slice(0, MAX_LENGTH)
    .replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
  if (value.length <= MAX_LENGTH && escaped.length <= MAX_LENGTH) return escaped
  // Never cut through a surrogate pair.
  return `${escaped.slice(0, MAX_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
