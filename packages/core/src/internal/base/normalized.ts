/** As in Unicode's Stream-Safe Text Format (UAX #15): no language needs more. */
const MOST_MARKS = 30

/** Why a text is not what `isNormalized` wants. */
export const NOT_NORMALIZED = `must be in Unicode normalization form C, with at most ${MOST_MARKS} combining marks in a row`

/**
 * Whether a text is in normalization form C. One with many combining marks in a row is not even looked at: putting them in
 * order takes steps by the square of their number.
 */
export function isNormalized(text: string): boolean {
  for (const [marks] of text.matchAll(/\p{M}+/gu)) {
    if (marks.length > MOST_MARKS && [...marks].length > MOST_MARKS) return false
  }
  return text.normalize('NFC') === text
}
