import { type Clock, readClock } from '../../internal/base/clock.ts'
import { whenDone } from '../../internal/base/steps.ts'
import { admitToken } from '../../internal/read/admit-token.ts'
import { createReader } from '../../internal/read/reader.ts'
import type { Token } from '../../internal/token/decode-token.ts'
import { readSigningKey } from '../../internal/write/read-signing-key.ts'
import type { LocalKey, SigningKey } from '../../internal/write/signing-key.ts'
import type { Signer } from '../../keys/key-types.ts'
import { declaredOf, type Recorded } from './read-context.ts'

/** A context that its authority may extend or replace. */
export interface OpenContext extends Recorded {
  readonly token: Token
  /** The root key. */
  readonly signer: LocalKey | SigningKey
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
export async function openContext(text: string, privateKey: string | Signer, now: Clock): Promise<OpenContext> {
  const signer = await readSigningKey(privateKey)
  const reader = createReader({ keys: signer.publicKey.text, now, cache: false })
  const { token, declared, end } = await whenDone(admitToken(text, reader, declaredOf))
  return {
    ...declared.recorded(),
    token,
    signer,
    subject: declared.subject,
    time: readClock(now),
    // An end that a number cannot hold exactly becomes an earlier one.
    end: Math.min(Number(end.at), Number.MAX_SAFE_INTEGER),
  }
}
