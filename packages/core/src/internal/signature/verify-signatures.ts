import { publicKeyOf } from '../../keys/internal/keys.ts'
import { type Bytes, equalBytes } from '../base/bytes.ts'
import { CapabilityError } from '../base/capability-error.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import { blockPayload, externalPayload, sealPayload } from './signature-payload.ts'
import { importVerifyingKey, type VerifyingKey, verifySignature } from './verify-signature.ts'

/**
 * Verifies every signature of a token in order, and then that its last holder made it.
 *
 * @throws `CapabilityError`: `invalid_signature` for the first signature that does not verify; `malformed_token` for a
 *   key or signature with an invalid encoding.
 */
export async function verifySignatures(token: Token, root: VerifyingKey): Promise<void> {
  let signer = root
  let previous: SignedBlock | undefined
  for (const [index, block] of token.blocks.entries()) {
    await verifyBlock(block, index, signer, previous)
    previous = block
    if (block !== token.blocks.at(-1) || token.proof.type === 'finalSignature') {
      signer = await importVerifyingKey(block.nextKey)
    }
  }
  await verifyHolder(token, signer)
}

async function verifyBlock(
  block: SignedBlock,
  index: number,
  signer: VerifyingKey,
  previous: SignedBlock | undefined,
): Promise<void> {
  const covered = blockPayload(block, previous?.signature)
  if (!(await verifySignature(signer, block.signature, covered))) throw invalid(index)
  if (block.external === undefined || previous === undefined) return
  const thirdParty = await importVerifyingKey(block.external.publicKey)
  if (!(await verifySignature(thirdParty, block.external.signature, externalPayload(block, previous.signature)))) {
    throw invalid(index)
  }
}

/**
 * An open token carries the private key of its last block, and a sealed one a signature by that key. Without this check
 * anyone could remove blocks from the end, because the rest is still a chain of valid signatures.
 */
async function verifyHolder({ blocks, proof }: Token, sealKey: VerifyingKey): Promise<void> {
  const last = blocks.at(-1) as SignedBlock
  const proven =
    proof.type === 'finalSignature'
      ? await verifySignature(sealKey, proof.value, sealPayload(last))
      : await isSecretOf(proof.value, last)
  if (!proven) throw invalid(blocks.length - 1)
}

/**
 * Whether a private key belongs to the next key of a block. The public key is derived from it, not taken from the
 * sender.
 */
async function isSecretOf(secret: Bytes, { nextKey }: SignedBlock): Promise<boolean> {
  if (secret.length !== 32) return false
  try {
    const derived = await publicKeyOf({ algorithm: nextKey.algorithm, bytes: secret })
    return equalBytes(derived.bytes, nextKey.bytes)
  } catch {
    return false
  }
}

function invalid(block: number): CapabilityError {
  return new CapabilityError('invalid_signature', { proven: false, block })
}
