import { parsePrivateKey } from '../../keys/internal/private-keys.ts'
import { publicKeyOf } from '../../keys/internal/public-key-of.ts'
import type { Signer } from '../../keys/key-types.ts'
import { remoteKey } from './remote-key.ts'
import { type LocalKey, localKey, type SigningKey } from './signing-key.ts'

/**
 * Reads a key of a caller: a private key in Biscuit's notation, or a signer that keeps it elsewhere.
 *
 * @throws `TypeError` that starts with `privateKey:`, or with `privateKey.` and a member for a signer.
 */
export async function readSigningKey(given: string | Signer): Promise<LocalKey | SigningKey> {
  if (typeof given === 'object' && given !== null) return remoteKey(given, 'privateKey')
  const privateKey = parsePrivateKey(given, 'privateKey')
  return localKey(privateKey, await publicKeyOf(privateKey))
}
