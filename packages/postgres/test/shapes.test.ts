import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  activationCheck,
  binary,
  capabilityBlock,
  checkAll,
  checkIf,
  checkIfAny,
  date,
  designationCheck,
  fact,
  pred,
  query,
  rejectIf,
  rightCheck,
  timeCheck,
  trusting,
  variable,
} from '../../core/test/support/forge/datalog.ts'
import { forge } from '../../core/test/support/forge/forge.ts'
import type { BlockSpec, Check } from '../../core/test/support/forge/model.ts'
import { NOW } from '../../core/test/support/gen/terms.ts'
import { gateway, root } from '../../core/test/support/keys.ts'
import { coreVerdict, prepareAgreement } from './support/agree.ts'
import { createDatabase, SERVER, type TestDatabase } from './support/database.ts'
import { type Verdict, verdictsOf } from './support/verdicts.ts'

const END = NOW + 60
const [t, x, res, op, sub] = ['t', 'x', 'res', 'op', 'sub'].map(variable) as [never, never, never, never, never]
const before = binary(t, 'lessThan', END)
const pair = pred('designation', 'tenant', 'acme')
const { facts = [], checks = [] } = capabilityBlock({ expiration: END })
const key = { key: gateway.publicKey }

/** A right check of these terms. */
const right = (...[a, b, c, d, e]: readonly [never, never, never, never, never]): Check =>
  checkIf(pred('resource', a), pred('operation', b), pred('right', c, d, e))

/** Checks that are almost what Writ writes. */
const CHECKS: readonly (readonly [string, Check])[] = [
  ['a right whose parts are swapped', right(res, op, sub, op, res)],
  ['a right with one variable twice', right(res, res, sub, res, res)],
  ['a right whose subject is the resource', right(res, op, res, res, op)],
  ['a right with other variables', right(res, op, sub, x, op)],
  ['a right about a subject', right(res, op, 'alice' as never, res, op)],
  ['a right in another order', checkIf(pred('operation', op), pred('resource', res), pred('right', sub, res, op))],
  ['a right with an expression', checkIf(...(checks[0]?.queries[0]?.body ?? []), binary(1, 'lessThan', 2))],
  ['a right within a scope', { queries: [trusting(rightCheck().queries[0] as never, 'previous')] }],
  ['a time that is another variable', checkIf(pred('time', t), binary(x, 'lessThan', END))],
  ['a time until an end that is included', checkIf(pred('time', t), binary(t, 'lessOrEqual', END))],
  ['a time after an end', checkIf(pred('time', t), binary(t, 'greaterThan', 0))],
  ['a time on the other side', checkIf(pred('time', t), binary(END, 'lessThan', t))],
  ['a time with a date', checkIf(pred('time', t), binary(t, 'lessThan', date(END)))],
  ['a time with two ends', checkIf(pred('time', t), before, before)],
  ['a time and another predicate', checkIf(pred('time', t), pair, before)],
  ['a time within a scope', { queries: [trusting(query(pred('time', t), before), 'authority')] }],
  ['a time for all', checkAll(pred('time', t), before)],
  ['a rejected time', rejectIf(pred('time', t), binary(t, 'greaterThan', END))],
  ['one of two times', checkIfAny(query(pred('time', t), before), query(pred('time', t), before))],
  ['a check without a query', { queries: [] }],
  ['a designation with a variable', checkIf(pred('designation', 'tenant', x))],
  ['a designation with a variable label', checkIf(pred('designation', x, 'acme'))],
  ['a designation with a number', checkIf(pred('designation', 'tenant', 7))],
  ['a designation of three', checkIf(pred('designation', 'tenant', 'acme', 'x'))],
  ['a designation with an expression', checkIf(pair, binary(1, 'lessThan', 2))],
  ['one of two designations', checkIfAny(query(pair), query(pred('designation', 'tenant', 'globex')))],
  ['two designations in one check', checkIf(pair, pred('designation', 'region', 'eu'))],
  ['a designation for all', checkAll(pair)],
  ['a rejected designation', rejectIf(pair)],
  ['a designation within a scope', designationCheck('tenant', 'acme', 'previous')],
  ['a designation of two keys', designationCheck('tenant', 'acme', key, 'authority')],
  ['an attested anchor', designationCheck('anchor', 'service:billing', key)],
  ['an activation without a key', checkIf(pred('activation', x))],
  ['an activation at a time', { queries: [trusting(query(pred('activation', 7)), key)] }],
  ['a head with terms', { queries: [{ ...query(pair), head: pred('query', 'x') }] }],
]

describe.skipIf(SERVER === undefined)('what the database takes for a capability', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createDatabase(SERVER as string)
    await prepareAgreement(database.owner)
  })

  afterAll(() => database?.remove())

  const verdict = async (token: string): Promise<Verdict | undefined> => (await verdictsOf(database.owner, [token]))[0]
  const of = (authority: BlockSpec, ...blocks: readonly BlockSpec[]) =>
    verdict(forge({ root: root.privateKey, authority, blocks }))

  it.each(CHECKS)('has no check that is almost one of its own: %s', async (_, check) => {
    expect(await of({ facts, checks })).toMatchObject({ subject: 'alice', expires: END })
    expect(await of({ facts, checks: [...checks, check] })).toBe('unsupported_shape')
    expect(await of({ facts, checks }, { checks: [check] })).toBe('unsupported_shape')
  })

  it('has one right, no other facts, no rules and no scopes', async () => {
    const rule = { head: pred('right', 'mallory', 'invoices', 'write'), body: [] }
    for (const block of [
      { facts: [...facts, fact('right', 'alice', 'invoices', 'write')] },
      { facts: [...facts, fact('owner', 'alice')] },
      { facts: [...facts, fact('designation', 'tenant', 'acme')] },
      { facts, rules: [rule] },
      { facts, scope: ['authority' as const] },
    ]) {
      expect(await of({ checks, ...block })).toBe('unsupported_shape')
    }
    const later: readonly BlockSpec[] = [
      { facts: [fact('right', 'alice', 'invoices', 'write')] },
      { facts: [fact('designation', 'tenant', 'acme')] },
      { rules: [rule] },
      { scope: ['previous'], checks: [designationCheck('tenant', 'acme')] },
      { checks: [rightCheck()] },
    ]
    for (const block of later) expect(await of({ facts, checks }, block)).toBe('unsupported_shape')
  })

  it('ends, by a check of the authority block', async () => {
    expect(await of({ facts, checks: [rightCheck()] })).toBe('unsupported_block')
    expect(await of({ facts, checks: [rightCheck()] }, { checks: [timeCheck(END)] })).toBe('unsupported_block')
    expect(await of({ facts, checks: [timeCheck(END)] })).toMatchObject({ expires: END })
    expect(await of({ facts, checks }, { checks: [timeCheck(NOW)] })).toBe('expired')
    expect(await of({ facts, checks: [activationCheck(gateway.publicKey), timeCheck(END)] })).toBe('not_activated')
  })

  it('is of a kind of its own', async () => {
    for (const other of [
      [fact('subject', 'alice')],
      [fact('context', 'alice')],
      [...facts, fact('subject', 'alice')],
      [],
    ]) {
      expect(await of({ facts: other, checks })).toBe('wrong_kind')
    }
    expect(await of({ facts: [fact('right', 'alice', 'invoices', 7)], checks })).toBe('wrong_kind')
    expect(await of({ facts: [fact('right', 'alice', 'invoices')], checks })).toBe('wrong_kind')
  })

  it('is spelled in one way, as core reads it', async () => {
    const lengths = new Set<number>()
    for (let filler = 0; filler < 3; filler++) {
      const authority = { facts, checks: [...checks, designationCheck('tenant', 'a'.repeat(filler + 1))] }
      const token = forge({ root: root.privateKey, authority })
      const bare = token.replace(/=+$/, '')
      lengths.add(bare.length % 4)
      const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      const spellings = [
        ...[...last].map((character) => `${bare.slice(0, -1)}${character}`),
        ...['=', '==', '===', '====', ' ', '\n', '\t', '+', '/', '.', '\u{a0}', '\u{ff21}'].map((end) => bare + end),
        ` ${bare}`,
        `${bare.slice(0, 40)}\n${bare.slice(40)}`,
        `${bare.slice(0, 40)}=${bare.slice(40)}`,
        bare.replaceAll('-', '+').replaceAll('_', '/'),
      ]
      const given = await verdictsOf(database.owner, spellings)
      for (const [index, spelling] of spellings.entries()) {
        const verdicts = [given[index], await coreVerdict(spelling, null)]
        expect({ spelling, verdict: verdicts[0] }).toEqual({ spelling, verdict: verdicts[1] })
      }
      expect(given.filter((one) => typeof one === 'object').length).toBeGreaterThan(0)
    }
    expect(lengths.size).toBeGreaterThan(1)
  })
})
