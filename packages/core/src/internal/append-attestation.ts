import type { Duration } from '../duration.ts'
import { assertWritten, largestOf } from './assert-written.ts'
import type { StatementWriter } from './biscuit/statements.ts'
import { writeBlock } from './biscuit/write-token.ts'
import { writeExpiration } from './capability-block.ts'
import { systemClock } from './clock.ts'
import { expirationOf } from './duration.ts'
import { type PublicKey, publicKeyOf } from './keys.ts'
import { openToken } from './open-token.ts'
import { checkFunction } from './options.ts'
import { parsePrivateKey } from './private-keys.ts'
import type { Token } from './token/decode-token.ts'

/** What is particular to one attestation. */
export interface Attestation {
  /** The options that it is made of: one of them, or `expiresIn`, is to blame if the result is too large. */
  readonly stated: Readonly<Record<string, unknown>>
  /** Throws a `TypeError` if the statement would be of no use to the token. */
  check(token: Token, signer: PublicKey): void
  write(block: StatementWriter, signer: PublicKey): void
}

/**
 * Appends a block to a capability, signed by a key of the caller's.
 */
export async function appendAttestation(
  text: string,
  publicKey: string,
  privateKey: string,
  options: { readonly expiresIn?: Duration | undefined; readonly now?: (() => number) | undefined },
  { stated, check, write }: Attestation,
): Promise<string> {
  const { expiresIn, now = systemClock } = options
  checkFunction('now', now)
  const expiration = expiresIn === undefined ? undefined : expirationOf('expiresIn', expiresIn, now)
  const key = parsePrivateKey(privateKey, 'privateKey')
  const signer = { privateKey: key, publicKey: await publicKeyOf(key) }
  const { token, key: root } = await openToken(text, publicKey, 'capability')
  check(token, signer.publicKey)
  const attested = writeBlock(
    text,
    root,
    (block) => {
      write(block, signer.publicKey)
      if (expiration !== undefined) writeExpiration(block, '$t', expiration)
    },
    signer,
  )
  return assertWritten(attested, root, largestOf({ expiresIn, ...stated }))
}
