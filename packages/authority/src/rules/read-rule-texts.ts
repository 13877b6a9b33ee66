import type { Schema } from '@writ/core'
import {
  checkPolicyAgainstSchema,
  type Policy,
  PolicyError,
  type PolicyFault,
  parsePolicy,
  parseSchema,
} from '@writ/engine'
import { AuthorityError } from '../authority-error.ts'

/** A policy and a schema as texts. */
export interface RuleTexts {
  /** TOML. */
  readonly policy: string
  /** TOML. Default: no schema, and every target is known. */
  readonly schema?: string | undefined
}

/** The faults that one answer lists. */
const MAX_FAULTS = 200

/**
 * Reads a policy and its schema.
 *
 * @throws `AuthorityError` `invalid_policy` with the faults of both, and with those of the two together if each is right.
 */
export function readRuleTexts(texts: RuleTexts): { readonly policy: Policy; readonly schema: Schema | undefined } {
  const faults: PolicyFault[] = []
  const policy = read('policy', texts.policy, faults, parsePolicy)
  const { schema: schemaText } = texts
  const schema = schemaText === undefined ? undefined : read('schema', schemaText, faults, parseSchema)
  if (policy !== undefined && schema !== undefined) faults.push(...checkPolicyAgainstSchema(policy, schema))
  if (policy === undefined || faults.length > 0) {
    throw new AuthorityError('invalid_policy', { faults: faults.slice(0, MAX_FAULTS), count: faults.length })
  }
  return { policy, schema }
}

/** A database may store these as something else. No TOML has them. */
const UNSTORABLE: PolicyFault = { rule: 'parse', severity: 'error', message: 'must be Unicode text without zeros' }

function read<Result>(
  file: string,
  text: string,
  faults: PolicyFault[],
  parse: (text: string) => Result,
): Result | undefined {
  try {
    if (!text.isWellFormed() || text.includes('\0')) throw new PolicyError([UNSTORABLE])
    return parse(text)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    faults.push(...error.faults.map((fault) => ({ ...fault, file })))
    return undefined
  }
}
