import { systemClock } from '../../internal/base/clock.ts'
import { type Duration, expirationOf } from '../../internal/base/duration.ts'
import { checkFunction, checkOptions } from '../../internal/base/options.ts'
import { openToken } from '../../internal/read/open-token.ts'
import type { Token } from '../../internal/token/decode-token.ts'
import { appendBlock } from '../../internal/write/append-block.ts'
import { checkWritten, largestOf } from '../../internal/write/check-written.ts'
import { writeExpiration } from '../../internal/write/checks.ts'
import { readSigningKey } from '../../internal/write/read-signing-key.ts'
import type { StatementWriter } from '../../internal/write/statements.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'
import type { SigningKeys } from '../signing-keys.ts'
import { namedRequests } from './named-requests.ts'

/** The parts in which attestations differ. */
export interface Attestation {
  /**
   * The options that are written into the block. If the result is too large, the largest of them or `expiresIn` is
   * reported.
   */
  readonly contents: Readonly<Record<string, unknown>>
  /** @throws `TypeError` if the token has no use for the statement. */
  check(token: Token, signer: PublicKey): void
  write(block: StatementWriter, signer: PublicKey): void
}

/** Appends a block to a capability, signed with the caller's own key. */
export async function appendAttestation(
  text: string,
  signing: SigningKeys,
  options: { readonly expiresIn?: Duration | undefined; readonly now?: (() => number) | undefined },
  { contents, check, write }: Attestation,
): Promise<string> {
  checkOptions('signing', signing, { keys: true, privateKey: true })
  const { keys, privateKey } = signing
  const { expiresIn, now = systemClock } = options
  checkFunction('now', now)
  const expiration = expiresIn === undefined ? undefined : expirationOf('expiresIn', expiresIn, now)
  const signer = await readSigningKey(privateKey)
  const { token, key: root } = await openToken(text, keys, 'capability')
  check(token, signer.publicKey)
  const attested = await appendBlock(
    token,
    (block) => {
      write(block, signer.publicKey)
      if (expiration !== undefined) writeExpiration(block, 't', expiration)
    },
    signer,
  )
  return checkWritten(attested, root, largestOf({ expiresIn, ...contents }), namedRequests)
}
