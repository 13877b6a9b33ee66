import { type Clock, readClock } from '../../internal/base/clock.ts'
import { admitToken } from '../../internal/read/admit-token.ts'
import { createReader } from '../../internal/read/reader.ts'
import type { Token } from '../../internal/token/decode-token.ts'
import type { Signer } from '../../internal/write/write-token.ts'
import { publicKeyOf } from '../../keys/internal/keys.ts'
import { parsePrivateKey } from '../../keys/internal/private-keys.ts'
import { type Recorded, recordedIn, subjectOf } from './read-context.ts'

/** A context that its authority may build upon. */
export interface OpenContext extends Recorded {
  readonly token: Token
  /** The root key. */
  readonly signer: Signer
  readonly subject: string
  /** Now, and when the context ends: Unix seconds. */
  readonly time: number
  readonly end: number
}

/**
 * Reads and proves a context with the key that is to sign what takes its place.
 *
 * Errors: `TypeError` that starts with `now:` or `privateKey:`; `malformed_token`, `limits_exceeded`, `invalid_signature`,
 * `unsupported_block`, `wrong_kind`, `expired`, `unavailable`.
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
    // An end past what a number holds exactly may only come nearer.
    end: Math.min(Number(end.at), Number.MAX_SAFE_INTEGER),
  }
}
