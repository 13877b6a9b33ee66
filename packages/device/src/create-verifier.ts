import { createVerifier as createOf, type SyncVerifier, type VerifierOptions } from '@writ/core/verify'
import { p256 } from '#crypto'

/** So many tokens are remembered: each takes about 20 KB. */
const TOKENS = 4

/**
 * Creates a verifier of capability tokens, as `createVerifier` of `@writ/core` does. It answers at once, by `verifySync`, and
 * remembers 4 tokens unless `cache` says otherwise.
 *
 * @param options - See `VerifierOptions`; `keys` and `anchor` are required, and `now` where the engine has no clock. With
 *   `sync: false` it only has functions that return promises, and takes `keys` and lists that do.
 * @throws `TypeError` naming the option that is missing, unknown or wrong; also for a key on P-256 where there is Ed25519 alone.
 *
 * @example
 * ```ts
 * import { createVerifier } from '@writ/device'
 *
 * export const open = (token: string, publicKey: string, now: () => number): string => {
 *   const verifier = createVerifier({ keys: publicKey, anchor: 'lock:front', now })
 *   return verifier.verifySync(token, { resource: 'doors', operation: 'open' }).subject
 * }
 * ```
 */
export function createVerifier(options: VerifierOptions & { readonly sync?: boolean | undefined }): SyncVerifier {
  const verifier = createOf({ cache: { tokens: TOKENS }, ...options, sync: (options.sync ?? true) as true })
  if (p256 === undefined) refuseP256(options)
  return verifier
}

/** Otherwise every token would be refused, and nobody would know why. */
function refuseP256({ keys }: VerifierOptions): void {
  const known = typeof keys === 'string' ? [keys] : keys instanceof Map ? [...keys.values()] : []
  if (known.some((key) => String(key).startsWith('secp256r1/')))
    throw new TypeError('keys: a key on P-256 needs @writ/device/full')
}
