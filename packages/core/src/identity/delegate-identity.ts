import { systemClock } from '../internal/base/clock.ts'
import { type Duration, expirationOf, writersTime } from '../internal/base/duration.ts'
import { checkIdentityName, isBelow, segmentsOf } from '../internal/base/identity-name.ts'
import { checkFunction, checkOptions } from '../internal/base/options.ts'
import { createReader } from '../internal/read/reader.ts'
import type { Keys } from '../internal/signature/root-key-source.ts'
import { appendBlock } from '../internal/write/append-block.ts'
import { readWritten } from '../internal/write/check-written.ts'
import { writeExpiration } from '../internal/write/checks.ts'
import { newKey } from '../internal/write/signing-key.ts'
import { writeDepth, writeName } from './internal/identity-block.ts'
import { boundAgainst } from './internal/name-bounds.ts'
import { namedRequests } from './internal/named-requests.ts'
import { openIdentity } from './internal/open-identity.ts'
import { type IdentitySettings, judgeProven, type ProvenIdentity } from './internal/prove-identity.ts'

/** The name that an identity is delegated to, for how long, and how often it can be delegated further. */
export interface DelegateIdentityOptions {
  /**
   * The new name: the name of the token, a colon, and at least one more segment. Same characters as for `mintIdentity`.
   */
  readonly identity: string
  /** The lifetime: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. Default: as long as the token. */
  readonly expiresIn?: Duration | undefined
  /** The end in Unix seconds, instead of `expiresIn`. */
  readonly notAfter?: number | undefined
  /**
   * How many segments later delegations may add to the new name; with 0 the new token cannot be delegated. It limits
   * the holder of the new token, not the holder of the old one. Default: as many as the token allows.
   */
  readonly maxDepth?: number | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { identity: true, expiresIn: true, notAfter: true, maxDepth: true, now: true } satisfies Record<
  keyof DelegateIdentityOptions,
  true
>

/**
 * Delegates an identity: makes a token for a name below the token's own name. It works offline and needs only the
 * public key.
 *
 * The block is signed with a key that is thrown away, as in the Hessra open core. Verifiers of the open core refuse a
 * token with a `maxDepth` of 1 or more. The result is judged as the new identity before it is returned.
 *
 * @param token - The identity, URL-safe base64, with or without padding. It must be delegatable and not expired, and
 *   neither a copy for one service nor restricted to a namespace.
 * @param keys - The root public keys: one key, a map from root key id to key, or a resolver; see {@link Keys}.
 * @param options - See {@link DelegateIdentityOptions}; `identity` is required.
 * @returns The delegated identity, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong: a name that is not
 *   below the token's, an end after the token's, a depth above what is left; with `keys:`; or with `token:` for a token
 *   that may not be delegated (any further), is sealed, or has as many blocks as a verifier reads.
 * @throws `CapabilityError` for the token, with the codes of `IdentityVerifier.verify`.
 *
 * @example
 * ```ts
 * import { delegateIdentity, generateKeyPair, mintIdentity } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const alice = await mintIdentity({ subject: 'agent:alice', delegatable: true }, privateKey)
 * const options = { identity: 'agent:alice:helper', expiresIn: '5m', maxDepth: 0 }
 * const helper = await delegateIdentity(alice, publicKey, options)
 * ```
 */
export async function delegateIdentity(token: string, keys: Keys, options: DelegateIdentityOptions): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { identity, maxDepth, now = systemClock } = options
  checkIdentityName('identity', identity, false)
  if (maxDepth !== undefined && !(Number.isSafeInteger(maxDepth) && maxDepth >= 0)) {
    throw new TypeError('maxDepth: must be a whole number that is not negative')
  }
  checkFunction('now', now)
  const time = writersTime(now)
  const wanted = wantedEnd(options, time)

  const { token: proven, key } = await openIdentity(token, keys)
  const settings = settingsAt(key.text, time)
  const parent = judgeProven(proven, key, settings)
  checkDelegatable(parent, identity, maxDepth)
  const expiration = expirationWithin(parent, wanted)
  const delegated = await appendBlock(
    proven,
    (block) => {
      writeName(block, identity, maxDepth !== 0)
      writeExpiration(block, 'time', expiration)
      if (maxDepth !== undefined && maxDepth > 0) writeDepth(block, segmentsOf(identity) + maxDepth)
    },
    // Thrown away.
    await newKey(),
  )
  judgeProven(readWritten(delegated, key, 'identity', namedRequests), key, settings, identity)
  return delegated.text
}

/** The end that the caller wants, in Unix seconds, and the option that sets it. */
interface WantedEnd {
  readonly option: 'expiresIn' | 'notAfter'
  readonly end: number
}

function wantedEnd({ expiresIn, notAfter }: DelegateIdentityOptions, time: number): WantedEnd | undefined {
  if (notAfter !== undefined) {
    if (expiresIn !== undefined) throw new TypeError('notAfter: must not be given beside expiresIn')
    if (!Number.isSafeInteger(notAfter)) throw new TypeError('notAfter: must be whole Unix seconds')
    if (notAfter <= time) throw new TypeError('notAfter: must be in the future')
    return { option: 'notAfter', end: notAfter }
  }
  if (expiresIn === undefined) return undefined
  return { option: 'expiresIn', end: expirationOf('expiresIn', expiresIn, () => time) }
}

/** An end after that of the token is refused: the token's own end would still apply. */
function expirationWithin({ identity: { expiresAt } }: ProvenIdentity, wanted: WantedEnd | undefined): number {
  if (wanted === undefined) return Math.min(expiresAt, Number.MAX_SAFE_INTEGER)
  if (wanted.end > expiresAt) throw new TypeError(`${wanted.option}: ends after the token, which ends at ${expiresAt}`)
  return wanted.end
}

function checkDelegatable({ identity: parent, bounds }: ProvenIdentity, identity: string, maxDepth = 0): void {
  if (!isBelow(identity, parent.identity)) throw new TypeError('identity: must be below the name of the token')
  const bound = boundAgainst(identity, bounds)
  if (bound !== undefined) {
    const isUsedUp = 'name' in bound || segmentsOf(parent.identity) >= bound.most
    throw new TypeError(
      isUsedUp ? 'token: may not be delegated any further' : 'identity: has more segments than the token allows',
    )
  }
  const segments = segmentsOf(identity) + maxDepth
  if (bounds.depths.some(({ most }) => segments > most)) throw new TypeError('maxDepth: is more than the token leaves')
}

/**
 * Token and result are judged at the time of the call: a token that was accepted at the start must not be refused as
 * expired at the end.
 */
function settingsAt(keys: string, time: number): IdentitySettings {
  return { ...createReader({ keys, now: () => time, cache: false }), anchor: undefined, namespace: undefined }
}
