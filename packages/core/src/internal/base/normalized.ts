/** The limit of Unicode's Stream-Safe Text Format (UAX #15). No language needs more. */
const MAX_MARKS = 30

/** What is wrong with a text that `isNormalized` does not accept. */
export const NOT_NORMALIZED = `must be in Unicode normalization form C, with at most ${MAX_MARKS} combining marks in a row`

/**
 * Whether a text is in normalization form C. A text with too many combining marks in a row is rejected before it is
 * normalized, because the time for sorting the marks grows with the square of their number.
 */
export function isNormalized(text: string): boolean {
  for (const [marks] of text.matchAll(/\p{M}+/gu)) {
    if (marks.length > MAX_MARKS && [...marks].length > MAX_MARKS) return false
  }
  return text.normalize('NFC') === text
}
