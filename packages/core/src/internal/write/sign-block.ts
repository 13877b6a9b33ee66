import { blockPayload } from '../signature/signature-payload.ts'
import type { SignedParts } from '../token/decode-token.ts'
import { type LocalKey, newKey, type SigningKey } from './signing-key.ts'

/** What is to be signed: a block's content, its version, and the signature of the third party if there is one. */
export interface UnsignedBlock {
  readonly payload: SignedParts['payload']
  readonly version: number
  readonly external?: SignedParts['external']
}

/** Blocks of this version or a later one are signed with layout 1, whatever stands before them. */
const FIRST_WITH_LAYOUT_1 = 6

/**
 * Signs a block with the key of the one before, or with the root key, and makes the key for the next block.
 *
 * @param before - The blocks that stand before it. Default: none, it is the authority block.
 */
export async function signBlock(
  { payload, version, external }: UnsignedBlock,
  key: SigningKey,
  before: readonly SignedParts[] = [],
): Promise<{ readonly block: SignedParts; readonly next: LocalKey }> {
  const next = await newKey()
  const usesLayout1 =
    external !== undefined ||
    version >= FIRST_WITH_LAYOUT_1 ||
    [key, next].some(({ publicKey }) => publicKey.algorithm !== 'ed25519') ||
    before.some(({ payloadVersion }) => payloadVersion === 1)
  const unsigned = { payload, external, nextKey: next.publicKey, payloadVersion: usesLayout1 ? 1 : 0 } as const
  const signature = await key.sign(blockPayload(unsigned, before.at(-1)?.signature))
  return { block: { ...unsigned, signature }, next }
}
