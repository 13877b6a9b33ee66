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
  const policy = read('policy', faults, () => parsePolicy(texts.policy))
  const { schema: schemaText } = texts
  const schema = schemaText === undefined ? undefined : read('schema', faults, () => parseSchema(schemaText))
  if (policy !== undefined && schema !== undefined) faults.push(...checkPolicyAgainstSchema(policy, schema))
  if (policy === undefined || faults.length > 0) {
    throw new AuthorityError('invalid_policy', { faults: faults.slice(0, MAX_FAULTS), count: faults.length })
  }
  return { policy, schema }
}

function read<Result>(file: string, faults: PolicyFault[], parse: () => Result): Result | undefined {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    faults.push(...error.faults.map((fault) => ({ ...fault, file })))
    return undefined
  }
}
