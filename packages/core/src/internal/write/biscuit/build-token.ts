import type { PrivateKey } from '../../../keys/internal/keys.ts'
import type { Statements } from '../statements.ts'
import type { BiscuitLibrary, PrivateKeyObject } from './library.ts'
import { addStatements } from './print-statements.ts'
import { withBiscuit } from './with-biscuit.ts'

/** Writes a new token of one block with the reference implementation. */
export function buildToken(root: PrivateKey, rootKeyId: number | undefined, statements: Statements): string {
  return withBiscuit((library, own) => {
    const builder = own(new library.BiscuitBuilder())
    if (rootKeyId !== undefined) builder.setRootKeyId(rootKeyId)
    addStatements(library, own, builder, statements)
    return own(builder.build(own(privateKeyObject(library, root)))).toBase64()
  })
}

function privateKeyObject({ PrivateKey: keys, SignatureAlgorithm }: BiscuitLibrary, key: PrivateKey): PrivateKeyObject {
  const { Ed25519, Secp256r1 } = SignatureAlgorithm
  return keys.fromBytes(key.bytes, key.algorithm === 'ed25519' ? Ed25519 : Secp256r1)
}
