import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  capabilityBlock,
  checkIf,
  designationCheck,
  pred,
  timeCheck,
  variable,
} from '../../core/test/support/forge/datalog.ts'
import { forge } from '../../core/test/support/forge/forge.ts'
import type { BlockSpec, Expression } from '../../core/test/support/forge/model.ts'
import { root } from '../../core/test/support/keys.ts'
import { createDatabase, SERVER, type TestDatabase } from './support/database.ts'
import { prepareVerdicts, verdictsOf } from './support/verdicts.ts'

const NOW = 1_700_000_000

const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

function closures(depth: number): Expression {
  return depth === 0 ? [{ value: true }] : [{ closure: closures(depth - 1) }]
}

/** What any holder of a token can append to it. */
const BLOCKS: readonly (readonly [string, BlockSpec, RegExp])[] = [
  ['128 checks in all', { checks: list(126, (index) => designationCheck(`l${index}`, `${index}`)) }, /accepted/],
  ['129 checks in all', { checks: list(127, (index) => designationCheck(`l${index}`, `${index}`)) }, /limits_exceeded/],
  [
    'as many symbols as fit',
    { symbols: list(2300, (index) => index.toString(36).padStart(3, '-')) },
    /unsupported_shape/,
  ],
  ['thousands of scopes', { scope: list(2500, () => 'previous' as const) }, /unsupported_shape/],
  ['thousands of terms', { checks: [checkIf(pred('owner', ...list(2000, () => variable('x'))))] }, /unsupported_shape/],
  ['thousands of predicates', { checks: [checkIf(...list(1000, () => pred('owner', 'x')))] }, /unsupported_shape/],
  ['lists in lists', { checks: list(100, () => checkIf(...list(12, () => pred('owner', 'x')))) }, /unsupported_shape/],
  ['257 facts', { facts: list(257, (index) => pred('owner', BigInt(index))) }, /limits_exceeded/],
  [
    'two long strings in 120 checks',
    { checks: list(120, () => designationCheck('a'.repeat(4096), 'b'.repeat(3000))) },
    /limits_exceeded/,
  ],
  ['one string more than the longest', { checks: [designationCheck('a', 'b'.repeat(4097))] }, /limits_exceeded/],
  [
    'closures in closures',
    { checks: [checkIf(pred('owner', 'x'), closures(14))] },
    /malformed_token|unsupported_shape|limits_exceeded/,
  ],
  [
    'closures in closures, deeper than is decoded',
    { checks: [checkIf(closures(80))] },
    /malformed_token|limits_exceeded/,
  ],
]

describe.skipIf(SERVER === undefined)('hostile blocks', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createDatabase(SERVER as string)
    await prepareVerdicts(database.owner, NOW)
    await database.owner.query('select writ.trust($1)', [root.publicKey])
  })

  afterAll(() => database?.remove())

  it.each(BLOCKS)('take bounded time: %s', async (_, block, expected) => {
    const authority = capabilityBlock({
      subject: 'alice',
      resource: 'invoices',
      operation: 'read',
      expiration: NOW + 60,
      designations: {},
    })
    const token = forge({ root: root.privateKey, authority, blocks: [block] })
    expect(token.length).toBeLessThanOrEqual(16_384)
    const started = performance.now()
    const [verdict] = await verdictsOf(database.owner, [token])
    const took = performance.now() - started
    expect(typeof verdict === 'string' ? verdict : 'accepted').toMatch(expected)
    expect(took).toBeLessThan(3000)
  })

  it('take bounded time: as many blocks as are read', async () => {
    const authority = capabilityBlock({
      subject: 'alice',
      resource: 'invoices',
      operation: 'read',
      expiration: NOW + 60,
      designations: {},
    })
    const blocks = (count: number) => list(count, () => ({ checks: [timeCheck(NOW + 30, 't')] }))
    const tokens = [31, 32].map((count) => forge({ root: root.privateKey, authority, blocks: blocks(count) }))
    const started = performance.now()
    const [most, tooMany] = await verdictsOf(database.owner, tokens)
    expect(most).toMatchObject({ subject: 'alice', expires: NOW + 30 })
    expect(tooMany).toBe('limits_exceeded')
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
