import type { PrivateKey, PublicKey } from '../../keys/internal/keys.ts'
import type { Algorithm } from '../../keys/key-types.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { BiscuitError } from './biscuit/biscuit-error.ts'
import type { BiscuitLibrary, BiscuitObject, PrivateKeyObject, PublicKeyObject } from './biscuit/library.ts'
import { type StatementWriter, statementWriter } from './biscuit/statements.ts'
import { type Own, withBiscuit } from './biscuit/with-biscuit.ts'

/** A key pair that signs a third-party block. */
export interface Signer {
  readonly privateKey: PrivateKey
  readonly publicKey: PublicKey
}

/** Writes a new token of one block. */
export function writeToken(
  root: PrivateKey,
  rootKeyId: number | undefined,
  write: (block: StatementWriter) => void,
): string {
  return withBiscuit((library, own) => {
    const builder = own(new library.BiscuitBuilder())
    if (rootKeyId !== undefined) builder.setRootKeyId(rootKeyId)
    write(statementWriter(library, own, builder))
    return own(builder.build(own(privateKeyObject(library, root)))).toBase64()
  })
}

/**
 * Appends one block to a token.
 *
 * @param token - A token that the reader has authenticated.
 * @param signer - Signs the block as a third party. Default: the block is the holder's own.
 * @throws `CapabilityError`: `malformed_token` if the library does not read the token.
 */
export function writeBlock(
  token: string,
  root: PublicKey,
  write: (block: StatementWriter) => void,
  signer?: Signer,
): string {
  return withToken(token, root, (biscuit, library, own) => {
    const builder = own(new library.BlockBuilder())
    write(statementWriter(library, own, builder))
    if (signer === undefined) return biscuit.appendBlock(builder)
    const request = own(biscuit.getThirdPartyRequest())
    const block = own(request.createBlock(own(privateKeyObject(library, signer.privateKey)), builder))
    return biscuit.appendThirdPartyBlock(own(publicKeyObject(library, signer.publicKey)), block)
  })
}

/**
 * Seals a token.
 *
 * @throws `CapabilityError` as `writeBlock`.
 */
export function writeSeal(token: string, root: PublicKey): string {
  return withToken(token, root, (biscuit) => biscuit.sealToken())
}

function withToken(
  token: string,
  root: PublicKey,
  use: (biscuit: BiscuitObject, library: BiscuitLibrary, own: Own) => BiscuitObject,
): string {
  try {
    return withBiscuit((library, own) => {
      const biscuit = own(library.Biscuit.fromBase64(token, own(publicKeyObject(library, root))))
      return own(use(biscuit, library, own)).toBase64()
    })
  } catch (cause) {
    // The reader accepted the token, but the library did not. No block is appended to a token that is unclear.
    throw cause instanceof BiscuitError ? new CapabilityError('malformed_token', { cause }) : cause
  }
}

function privateKeyObject(library: BiscuitLibrary, key: PrivateKey): PrivateKeyObject {
  return library.PrivateKey.fromBytes(key.bytes, algorithmOf(library, key))
}

function publicKeyObject(library: BiscuitLibrary, key: PublicKey): PublicKeyObject {
  return library.PublicKey.fromBytes(key.bytes, algorithmOf(library, key))
}

/** The library's name for a key's algorithm. */
function algorithmOf(library: BiscuitLibrary, key: { readonly algorithm: Algorithm }): number {
  const { Ed25519, Secp256r1 } = library.SignatureAlgorithm
  return key.algorithm === 'ed25519' ? Ed25519 : Secp256r1
}
