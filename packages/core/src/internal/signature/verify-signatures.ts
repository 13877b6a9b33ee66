import { type Bytes, equalBytes } from '../base/bytes.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { outcomeOf, type Steps } from '../base/steps.ts'
import { isScalar } from '../crypto/p256.ts'
import { platform } from '../crypto/platform.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import { blockPayload, externalPayload, sealPayload } from './signature-payload.ts'
import { type VerifyingKey, verifySignature } from './verify-signature.ts'
import { importNextKey, importThirdParty } from './verifying-keys.ts'

/**
 * Verifies every signature of a token in order, and then that its last holder made it.
 *
 * @param proven - How many blocks at the start are proven under this root already. Default: none. The proof of the last
 *   holder is verified in any case.
 * @throws `CapabilityError`: `invalid_signature` for the first signature that does not verify; `malformed_token` for a
 *   key or signature with an invalid encoding.
 */
export function* verifySignatures({ blocks, proof }: Token, root: VerifyingKey, proven = 0): Steps<void> {
  for (let index = proven; index < blocks.length; index++) {
    const previous = blocks[index - 1]
    const signer = previous === undefined ? root : yield* importNextKey(previous.nextKey)
    yield* verifyBlock(blocks[index] as SignedBlock, index, signer, previous)
  }
  yield* verifyHolder(blocks, proof)
}

function* verifyBlock(
  block: SignedBlock,
  index: number,
  signer: VerifyingKey,
  previous: SignedBlock | undefined,
): Steps<void> {
  const covered = blockPayload(block, previous?.signature)
  if (!(yield* verifySignature(signer, block.signature, covered))) throw invalid(index)
  if (block.external === undefined || previous === undefined) return
  const { signature, publicKey } = block.external
  const thirdParty = yield* importThirdParty(publicKey)
  if (!(yield* verifySignature(thirdParty, signature, externalPayload(block, previous.signature)))) {
    throw invalid(index)
  }
}

/**
 * An open token carries the private key of its last block, and a sealed one a signature by that key. Without this check
 * anyone could remove blocks from the end, because the rest is still a chain of valid signatures.
 */
function* verifyHolder(blocks: Token['blocks'], proof: Token['proof']): Steps<void> {
  const last = blocks.at(-1) as SignedBlock
  const proven =
    proof.type === 'finalSignature'
      ? yield* verifySignature(yield* importNextKey(last.nextKey), proof.value, sealPayload(last))
      : yield* isSecretOf(proof.value, last)
  if (!proven) throw invalid(blocks.length - 1)
}

/**
 * Whether a private key belongs to the next key of a block. The public key is derived from it, not taken from the
 * sender.
 */
function* isSecretOf(secret: Bytes, { nextKey }: SignedBlock): Steps<boolean> {
  if (secret.length !== 32) return false
  try {
    if (nextKey.algorithm === 'ed25519') {
      return equalBytes(yield* outcomeOf(platform().publicKeyOfSeed(secret)), nextKey.bytes)
    }
    return isScalar(secret) && (yield* outcomeOf(platform().isP256Pair(secret, nextKey.bytes)))
  } catch {
    return false
  }
}

function invalid(block: number): CapabilityError {
  return new CapabilityError('invalid_signature', { proven: false, block })
}
