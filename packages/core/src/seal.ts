import { namedRequests as requestsOfCapability } from './capability/internal/named-requests.ts'
import { namedRequests as requestsOfIdentity } from './identity/internal/named-requests.ts'
import { authenticateOnce } from './internal/read/known-tokens.ts'
import { type Kind, kindOf } from './internal/rules/kind.ts'
import type { Keys } from './internal/signature/root-key-source.ts'
import type { SignedBlock } from './internal/token/decode-token.ts'
import type { NamedRequests } from './internal/write/affordable.ts'
import { sealToken } from './internal/write/append-block.ts'
import { checkWritten } from './internal/write/check-written.ts'

/** The requests that tokens of each kind name. Contexts name none. */
const NAMED_REQUESTS: Readonly<Record<Kind, NamedRequests | undefined>> = {
  capability: requestsOfCapability,
  identity: requestsOfIdentity,
  context: undefined,
}

/**
 * Seals a token of any kind, so that nobody can append a block to it any more. It needs no private key.
 *
 * @param token - URL-safe base64.
 * @param keys - The root public keys: one key, a map from root key id to key, or a resolver; see {@link Keys}.
 * @returns The sealed token, URL-safe base64 with padding. It permits the same as the open one and has the same
 *   revocation ids.
 * @throws `TypeError` that starts with `keys:`, or with `token:` for a token that is sealed already.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unavailable`,
 *   `unsupported_block`.
 *
 * @example
 * ```ts
 * import { attenuate, generateKeyPair, mintCapability, seal } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * const sealed = await seal(token, publicKey)
 * await attenuate(sealed, publicKey, { expiresIn: '5s' }).catch((error) => error.message) // token: is sealed, ...
 * ```
 */
export async function seal(token: string, keys: Keys): Promise<string> {
  if (typeof token !== 'string') throw new TypeError('token: must be a string')
  const { token: proven, root } = await authenticateOnce(token, keys)
  if (proven.proof.type === 'finalSignature') throw new TypeError('token: is sealed already')
  const kind = kindOf(proven.blocks[0] as SignedBlock)
  return checkWritten(await sealToken(proven), root, 'token', kind && NAMED_REQUESTS[kind])
}
