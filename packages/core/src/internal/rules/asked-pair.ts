import { scopesOf } from '../evaluate/check.ts'
import { isString, type Query } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { matchQuery, type QueryPattern, string } from '../token/match-query.ts'
import type { Designation } from './designation.ts'

/** `designation({label}, {value})` */
const DESIGNATION: QueryPattern = { body: [['designation', string('label'), string('value')]] }

/** The designation that a query of the form which minting writes asks for, and nothing else. */
export function askedPair(query: Query): Designation | undefined {
  const found = matchQuery(query, DESIGNATION)
  const [label, value] = [found?.get('label'), found?.get('value')]
  return isString(label) && isString(value) ? { label: label.value, value: value.value } : undefined
}

/** The key that a query trusts, if it names one. */
export function trustedKey(query: Query, block: number, blocks: readonly SignedBlock[]): string | undefined {
  for (const scope of scopesOf(query, block, blocks)) if (scope.type === 'key') return scope.publicKey
  return undefined
}
