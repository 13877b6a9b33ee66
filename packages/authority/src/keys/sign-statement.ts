import type { Signer } from '@writ/core'
import { compactSignature } from './internal/compact-signature.ts'
import { type StatementMember, type StatementPurpose, statementBytes } from './internal/statement-bytes.ts'
import { verifyStatement } from './verify-statement.ts'

/**
 * Signs something that is no token, such as a certificate, the head of the revocation feed or a checkpoint of the audit.
 * What the signer returns is verified, so that nothing is published that nobody accepts.
 *
 * @param purpose - What is stated. A statement for one purpose never passes for another, nor for a token.
 * @param members - What the purpose wants, in its order.
 * @returns The signature, 64 bytes in hex: Ed25519, or r and s of ECDSA over P-256 with SHA-256 (IEEE P1363).
 * @throws Error if the signer fails, or if it holds another key than its `publicKey`.
 */
export async function signStatement(
  signer: Signer,
  purpose: StatementPurpose,
  members: readonly StatementMember[],
): Promise<string> {
  const signed = Buffer.from(await signer.sign(statementBytes(purpose, members)))
  const signature = compactSignature(signer.publicKey, signed).toString('hex')
  if (!verifyStatement(signer.publicKey, purpose, members, signature)) {
    throw new Error('what the signer returned is no signature by its key')
  }
  return signature
}
