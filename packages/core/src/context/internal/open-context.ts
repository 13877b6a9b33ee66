import { type Clock, readClock } from '../../internal/base/clock.ts'
import { admitToken } from '../../internal/read/admit-token.ts'
import { createReader } from '../../internal/read/reader.ts'
import type { Token } from '../../internal/token/decode-token.ts'
import type { Signer } from '../../internal/write/write-token.ts'
import { publicKeyOf } from '../../keys/internal/keys.ts'
import { parsePrivateKey } from '../../keys/internal/private-keys.ts'
import { type Recorded, recordedIn, subjectOf } from './read-context.ts'

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
  const { token, root, declared, end } = await admitToken(text, createReader({ keys: publicKey.text, now }), subjectOf)
  return {
    ...recordedIn(token.blocks, root),
    token,
    signer: { privateKey: key, publicKey },
    subject: declared,
    time: readClock(now),
    // An end that a number cannot hold exactly becomes an earlier one.
    end: Math.min(Number(end.at), Number.MAX_SAFE_INTEGER),
  }
}
