const MAX_LENGTH = 128

/** Anything that can end a line, move a cursor or reorder text where it is printed. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

/** `value` as it may stand in a log: control, format and unassigned characters escaped, cut to 128 characters. */
export function printable(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const escaped = value
    .slice(0, MAX_LENGTH)
    .replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
  if (value.length <= MAX_LENGTH && escaped.length <= MAX_LENGTH) return escaped
  // Not through the middle of a surrogate pair.
  return `${escaped.slice(0, MAX_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
