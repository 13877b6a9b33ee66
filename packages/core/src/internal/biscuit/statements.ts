import type { Algorithm } from '../../key-types.ts'
import type { BiscuitLibrary, BlockBuilderObject, StatementObject } from './library.ts'
import type { Own } from './with-biscuit.ts'

/** The library's name for a key's algorithm. */
export function algorithmOf(library: BiscuitLibrary, key: { readonly algorithm: Algorithm }): number {
  const { Ed25519, Secp256r1 } = library.SignatureAlgorithm
  return key.algorithm === 'ed25519' ? Ed25519 : Secp256r1
}

/** Values for the `{parameters}` of a statement. */
export type Parameters = Readonly<Record<string, string | number>>

/** Adds statements to a block. */
export interface StatementWriter {
  fact(source: string, parameters?: Parameters): void
  check(source: string, parameters?: Parameters): void
}

/**
 * Sources are constants of this package; whatever a caller chose is a parameter. Statements are bound one by one because the
 * library's way of binding a whole block at once takes a string such as `ed25519/...` for a key, and breaks on it.
 */
export function statementWriter(library: BiscuitLibrary, own: Own, block: BlockBuilderObject): StatementWriter {
  return {
    fact: (source, parameters) => block.addFact(bind(own(library.Fact.fromString(source)), parameters)),
    check: (source, parameters) => block.addCheck(bind(own(library.Check.fromString(source)), parameters)),
  }
}

function bind(statement: StatementObject, parameters: Parameters = {}): StatementObject {
  for (const [name, value] of Object.entries(parameters)) statement.set(name, value)
  return statement
}
