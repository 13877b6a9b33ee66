import type { PublicKey } from '../../../keys/internal/keys.ts'
import type { BiscuitLibrary, BlockBuilderObject, StatementObject } from './library.ts'
import type { Own } from './with-biscuit.ts'

/** Values for the `{parameters}` of a statement. */
export type Parameters = Readonly<Record<string, string | number>>

/** Adds statements to a block. */
export interface StatementWriter {
  fact(template: string, parameters: Parameters): void
  /** @param trusted - The key for `trusting {key}`, if the template has it. */
  check(template: string, parameters?: Parameters, trusted?: PublicKey): void
}

/**
 * Templates are constants of this package, and every value from a caller is a parameter. Parameters are set per
 * statement, because the library's way of setting those of a whole block takes a string such as `ed25519/...` for a
 * key, and breaks on it.
 */
export function statementWriter(library: BiscuitLibrary, own: Own, block: BlockBuilderObject): StatementWriter {
  return {
    fact: (template, parameters) => block.addFact(bind(own(library.Fact.fromString(template)), parameters)),
    check(template, parameters, trusted) {
      const check = bind(own(library.Check.fromString(template)), parameters)
      if (trusted !== undefined) check.setScope('key', trusted.text)
      block.addCheck(check)
    },
  }
}

function bind<Statement extends StatementObject>(statement: Statement, parameters: Parameters = {}): Statement {
  for (const [name, value] of Object.entries(parameters)) statement.set(name, value)
  return statement
}
