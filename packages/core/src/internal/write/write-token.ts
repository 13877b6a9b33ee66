import { encodeBlock } from '../token/encode-block.ts'
import { encodeSignedBlock, encodeToken } from '../token/encode-token.ts'
import { SymbolTable } from '../token/symbols.ts'
import { buildToken } from './biscuit/build-token.ts'
import { signBlock } from './sign-block.ts'
import type { LocalKey, SigningKey } from './signing-key.ts'
import { type Statements, type StatementWriter, statementsOf } from './statements.ts'
import { type Written, writtenText } from './written.ts'

/**
 * Writes a new token of one block. The reference implementation writes it, unless the root key is elsewhere: it can only
 * sign with a key that it is given.
 */
export async function writeToken(
  root: LocalKey | SigningKey,
  rootKeyId: number | undefined,
  write: (block: StatementWriter) => void,
): Promise<Written> {
  const statements = statementsOf(write)
  return writtenText(
    'privateKey' in root
      ? buildToken(root.privateKey, rootKeyId, statements)
      : await encodeAndSign(root, rootKeyId, statements),
  )
}

async function encodeAndSign(root: SigningKey, rootKeyId: number | undefined, statements: Statements): Promise<string> {
  const content = encodeBlock({ ...statements, rules: [], scopes: [] }, false, new SymbolTable())
  const { block, next } = await signBlock(content, root)
  return encodeToken({
    rootKeyId,
    serialized: [encodeSignedBlock(block)],
    proof: { type: 'nextSecret', value: next.privateKey.bytes },
  })
}
