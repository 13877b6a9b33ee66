/**
 * Where root public keys come from, in Biscuit's notation (`ed25519/<hex>`, `secp256r1/<hex>`).
 *
 * - One key: it verifies every token, whatever root key id it names.
 * - A map from root key id to key. A token without an id needs the entry `'default'`; keys are never tried one after the other.
 * - A function from root key id to key, `undefined` for an unknown one. It runs for every token that names a known id, so a
 *   key that it no longer returns is refused at once. If it throws or rejects, the answer is `unavailable`.
 *
 * Whoever sends a token chooses the id, so the function is spared. An id that it did not know is not asked about again for one
 * second, by the verifier's clock: so long a key that is new may be refused (`untrusted_key`). Those who ask for one unknown id
 * at a time share a look-up. While 64 unknown ids are looked up, another one is `unavailable`; a look-up that never ends keeps
 * its place, so give it a time limit. All this holds for one function, however many verifiers use it, and not for a new one
 * with each call.
 */
export type Keys = string | ReadonlyMap<number | 'default', string> | KeyResolver

/** Finds the root public key for a root key id (an unsigned 32-bit integer; `undefined` when the token names none). */
export type KeyResolver = (rootKeyId: number | undefined) => string | undefined | Promise<string | undefined>
