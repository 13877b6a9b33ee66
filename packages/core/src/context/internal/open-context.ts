import { type Clock, readClock } from '../../internal/base/clock.ts'
import { whenDone } from '../../internal/base/steps.ts'
import { admitToken } from '../../internal/read/admit-token.ts'
import { createReader } from '../../internal/read/reader.ts'
import type { Token } from '../../internal/token/decode-token.ts'
import type { Signer } from '../../internal/write/write-token.ts'
import { parsePrivateKey } from '../../keys/internal/private-keys.ts'
import { publicKeyOf } from '../../keys/internal/public-key-of.ts'
import { declaredOf, type Recorded } from './read-context.ts'

/** A context that its authority may extend or replace. */
export interface OpenContext extends Recorded {
  readonly token: Token
  /** The root key. */
  readonly signer: Signer
  readonly subject: string
  /** The current time, in Unix seconds. */
  readonly time: number
  /** When the context ends, in Unix seconds. */
  readonly end: number
}

/**
 * Proves a context with the root key that signs its extension or replacement.
 *
 * @throws `TypeError` that starts with `now:` or `privateKey:`.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `invalid_signature`, `unsupported_block`,
 *   `wrong_kind`, `expired`, `unavailable`.
 */
export async function openContext(text: string, privateKey: string, now: Clock): Promise<OpenContext> {
  const key = parsePrivateKey(privateKey, 'privateKey')
  const publicKey = await publicKeyOf(key)
  const reader = createReader({ keys: publicKey.text, now, cache: false })
  const { token, declared, end } = await whenDone(admitToken(text, reader, declaredOf))
  return {
    ...declared.recorded(),
    token,
    signer: { privateKey: key, publicKey },
    subject: declared.subject,
    time: readClock(now),
    // An end that a number cannot hold exactly becomes an earlier one.
    end: Math.min(Number(end.at), Number.MAX_SAFE_INTEGER),
  }
}
