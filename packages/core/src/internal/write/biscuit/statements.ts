import type { PublicKey } from '../../../keys/internal/keys.ts'
import type { BiscuitLibrary, BlockBuilderObject, StatementObject } from './library.ts'
import type { Own } from './with-biscuit.ts'

/** Values for the `{parameters}` of a statement. */
export type Parameters = Readonly<Record<string, string | number>>

/** Adds statements to a block. */
export interface StatementWriter {
  fact(template: string, parameters: Parameters): void
  /** @param trusted - The key for `trusting {key}`, if the template says so. */
  check(template: string, parameters?: Parameters, trusted?: PublicKey): void
}

/**
 * Sources are constants of this package; whatever a caller chose is a parameter. Statements are bound one by one because the
 * library's way of binding a whole block at once takes a string such as `ed25519/...` for a key, and breaks on it.
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
