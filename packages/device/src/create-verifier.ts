import { createVerifier as createOf, type SyncVerifier, type VerifierOptions } from '@writ/core/verify'

/** So many tokens are remembered: each takes some kilobytes. */
const TOKENS = 16

/**
 * Creates a verifier of capability tokens, as `createVerifier` of `@writ/core` does. It answers at once, by `verifySync`, and
 * remembers 16 tokens unless `cache` says otherwise.
 *
 * @param options - See `VerifierOptions`; `keys` and `anchor` are required, and `now` where the engine has no clock.
 * @throws `TypeError` naming the option that is missing, unknown or wrong.
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
  return createOf({ cache: { tokens: TOKENS }, ...options, sync: (options.sync ?? true) as true })
}
