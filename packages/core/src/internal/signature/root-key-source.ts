/**
 * Where root public keys come from, in Biscuit's notation (`ed25519/<hex>`, `secp256r1/<hex>`).
 *
 * - One key: it verifies every token, and the root key id is ignored.
 * - A map from root key id to key. A token without an id needs the entry `'default'`. Keys are never tried one after
 *   the other.
 * - A function from root key id to key, or `undefined` for an unknown id. It runs for every token with a known id, so a
 *   key that it no longer returns is refused at once. If it throws or rejects, the token is refused as `unavailable`.
 *
 * The sender of a token chooses the id, so calls for unknown ids are limited. After an unknown id, the function is not
 * called for it again for one second of the verifier's clock; a new key may be refused for that long (`untrusted_key`).
 * Simultaneous requests for one unknown id share a call. While 64 unknown ids are looked up, another one is
 * `unavailable`. A call that never ends keeps its place, so give it a time limit. All verifiers with the same function
 * share these limits; a new function for each verifier starts without them.
 */
export type Keys = string | ReadonlyMap<number | 'default', string> | KeyResolver

/** Finds the root public key for a root key id (an unsigned 32-bit integer; `undefined` when the token names none). */
export type KeyResolver = (rootKeyId: number | undefined) => string | undefined | Promise<string | undefined>
