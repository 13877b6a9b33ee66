import { exportPublicKey } from '@writ/core/verify'

/** What keys of an authority sign besides tokens. A signature for one purpose never passes for another. */
export type StatementPurpose = 'key' | 'feed-head'

/** Key material of one platform: its type has no name that all platforms share. */
type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** Keys and certificates change rarely. What is kept is bounded by the documents, which are. */
const MAX_IMPORTED = 64
const IMPORTED = new Map<string, Promise<ImportedKey>>()
const SIGNATURE = /^[0-9a-f]{128}$/

/**
 * Tells whether a key has signed a statement: the purpose between zero bytes, so that no block of a token has these bytes, then
 * the members as JSON.
 *
 * @param publicKey - `ed25519/<hex>`, or `secp256r1/<hex>` for ECDSA with SHA-256.
 * @param signature - 64 bytes in lower-case hex.
 */
export async function isStatedBy(
  publicKey: string,
  purpose: StatementPurpose,
  members: readonly (string | number)[],
  signature: string,
): Promise<boolean> {
  if (!SIGNATURE.test(signature)) return false
  const bytes = new TextEncoder().encode(`\0WRIT\0${purpose}\0${JSON.stringify(members)}`)
  const key = await imported(publicKey)
  return crypto.subtle.verify({ name: key.algorithm.name, hash: 'SHA-256' }, key, fromHex(signature), bytes)
}

function imported(publicKey: string): Promise<ImportedKey> {
  const known = IMPORTED.get(publicKey)
  if (known !== undefined) return known
  const key = importKey(publicKey)
  if (IMPORTED.size >= MAX_IMPORTED) IMPORTED.clear()
  IMPORTED.set(publicKey, key)
  key.catch(() => IMPORTED.delete(publicKey))
  return key
}

async function importKey(publicKey: string): Promise<ImportedKey> {
  const jwk = await exportPublicKey(publicKey, 'jwk')
  const algorithm = publicKey.startsWith('ed25519/') ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' }
  return crypto.subtle.importKey('jwk', { ...jwk }, algorithm, false, ['verify'])
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  )
}
