/**
 * Where root public keys come from, in Biscuit's notation (`ed25519/<hex>`, `secp256r1/<hex>`).
 *
 * - One key: it verifies every token, whatever root key id it names.
 * - A map from root key id to key. A token without an id needs the entry `'default'`; keys are never tried one after the other.
 * - A function from root key id to key, `undefined` for an unknown one. It runs for every token, so a key that it no longer returns
 *   is refused at once. If it throws or rejects, the answer is `unavailable`.
 */
export type Keys = string | ReadonlyMap<number | 'default', string> | KeyResolver

/** Finds the root public key for a root key id (an unsigned 32-bit integer; `undefined` when the token names none). */
export type KeyResolver = (rootKeyId: number | undefined) => string | undefined | Promise<string | undefined>
