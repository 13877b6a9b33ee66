/** What is stated: `key` is a certificate, see `certify.ts`; `opened` proves to the authority itself that a key signs. */
export type StatementPurpose = 'key' | 'feed-head' | 'checkpoint' | 'opened'

/** JSON has one text for each of these, so a statement has one text. */
export type StatementMember = string | number

/**
 * What is signed for a Biscuit starts with the tag of a block, which is not zero, or with `\0BLOCK\0` or `\0EXTERNAL\0`. So
 * a signature of the one kind is none of the other.
 */
const START = '\0WRIT\0'

/** The bytes that are signed. */
export function statementBytes(purpose: StatementPurpose, members: readonly StatementMember[]): Buffer {
  return Buffer.from(`${START}${purpose}\0${JSON.stringify(members)}`, 'utf8')
}
