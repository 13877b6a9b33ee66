import { verify } from 'node:crypto'
import { readPublicKey } from './internal/read-public-key.ts'
import { type StatementMember, type StatementPurpose, statementBytes } from './internal/statement-bytes.ts'

const SIGNATURE = /^[0-9a-f]{128}$/

/**
 * Tells whether a key has signed a statement. Whatever is malformed is refused like a wrong signature.
 *
 * @param publicKey - `ed25519/<hex>` or `secp256r1/<hex>`.
 * @param signature - 128 lower-case hex digits, from `signStatement`.
 */
export function verifyStatement(
  publicKey: string,
  purpose: StatementPurpose,
  members: readonly StatementMember[],
  signature: string,
): boolean {
  if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return false
  try {
    const { key, digest } = readPublicKey(publicKey)
    const bytes = Buffer.from(signature, 'hex')
    return verify(digest, statementBytes(purpose, members), { key, dsaEncoding: 'ieee-p1363' }, bytes)
  } catch {
    return false
  }
}
