import type { Signer } from '../../keys/key-types.ts'
import { systemClock } from '../base/clock.ts'
import { expirationOf } from '../base/duration.ts'
import { checkFunction } from '../base/options.ts'
import type { MintOptions } from './mint-options.ts'
import { readSigningKey } from './read-signing-key.ts'
import type { LocalKey, SigningKey } from './signing-key.ts'

/** The names of the options that every token is minted with. */
export const MINT_OPTIONS = { expiresIn: true, rootKeyId: true, now: true } as const satisfies Record<
  keyof MintOptions,
  true
>

const MAX_ROOT_KEY_ID = 0xffff_ffff

/**
 * Checks the options that every token is minted with.
 *
 * @throws `TypeError` that starts with the name of the option that is wrong, or with `privateKey:`.
 */
export async function readMintOptions(
  options: MintOptions,
  defaultSeconds: number,
  privateKey: string | Signer,
): Promise<{
  readonly expiration: number
  readonly rootKeyId: number | undefined
  readonly key: LocalKey | SigningKey
}> {
  const { expiresIn = defaultSeconds, rootKeyId, now = systemClock } = options
  if (rootKeyId !== undefined && !(Number.isInteger(rootKeyId) && rootKeyId >= 0 && rootKeyId <= MAX_ROOT_KEY_ID)) {
    throw new TypeError(`rootKeyId: must be an integer from 0 to ${MAX_ROOT_KEY_ID}`)
  }
  checkFunction('now', now)
  const expiration = expirationOf('expiresIn', expiresIn, now)
  return { expiration, rootKeyId, key: await readSigningKey(privateKey) }
}
