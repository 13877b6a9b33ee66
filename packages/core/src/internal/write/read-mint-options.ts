import type { PrivateKey } from '../../keys/internal/keys.ts'
import { parsePrivateKey } from '../../keys/internal/private-keys.ts'
import { systemClock } from '../base/clock.ts'
import { expirationOf } from '../base/duration.ts'
import { checkFunction } from '../base/options.ts'
import type { MintOptions } from './mint-options.ts'

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
export function readMintOptions(
  options: MintOptions,
  defaultSeconds: number,
  privateKey: string,
): { readonly expiration: number; readonly rootKeyId: number | undefined; readonly key: PrivateKey } {
  const { expiresIn = defaultSeconds, rootKeyId, now = systemClock } = options
  if (rootKeyId !== undefined && !(Number.isInteger(rootKeyId) && rootKeyId >= 0 && rootKeyId <= MAX_ROOT_KEY_ID)) {
    throw new TypeError(`rootKeyId: must be an integer from 0 to ${MAX_ROOT_KEY_ID}`)
  }
  checkFunction('now', now)
  const expiration = expirationOf('expiresIn', expiresIn, now)
  return { expiration, rootKeyId, key: parsePrivateKey(privateKey, 'privateKey') }
}
