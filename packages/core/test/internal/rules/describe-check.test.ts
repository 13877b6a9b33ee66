import { describe, expect, it } from 'vitest'
import { inspect } from '../../../src/index.ts'
import { binary, checkIf, fact, type Part, pred, query, trusting, variable } from '../../support/forge/datalog.ts'
import type { Check, Scope } from '../../support/forge/model.ts'
import { gateway, mallory } from '../../support/keys.ts'
import { capability } from '../../support/verify.ts'

const KEY: Scope = { key: gateway.publicKey }
const reject = (...parts: readonly Part[]): Check => ({ kind: 'reject', queries: [query(...parts)] })
const keyed = (...parts: readonly Part[]): Check => ({
  queries: [trusting(query(...parts), 'authority', KEY)],
})
const before = (seconds: number) => checkIf(pred('time', variable('t')), binary(variable('t'), 'lessThan', seconds))
const right = () =>
  checkIf(
    pred('resource', variable('r')),
    pred('operation', variable('o')),
    pred('right', variable('s'), variable('r'), variable('o')),
  )

const demandOf = async (check: Check) => {
  const facts = [fact('right', 'alice', 'invoices', 'read')]
  const { demands } = await inspect(capability({ facts, checks: [check] }))
  return demands.map(({ demand }) => demand)
}

describe('what a check demands, in words', () => {
  it.each<[string, Check]>([
    ['tenantId is "acme"', checkIf(pred('designation', 'tenantId', 'acme'))],
    [
      `tenantId is "acme", and the holder of ${gateway.publicKey} has said so`,
      keyed(pred('designation', 'tenantId', 'acme')),
    ],
    ['it is used at "service:billing"', checkIf(pred('designation', 'anchor', 'service:billing'))],
    ['it was not used before', checkIf(pred('designation', 'facet', 'x'))],
    ['a condition is met that is about designation', checkIf(pred('designation', 'tenantId', 7))],
    ['a condition is met that is about designation', checkIf(pred('designation', 7, 'acme'))],
    ['a condition is met that is about designation', checkIf(pred('designation', variable('l'), 'acme'))],
    [`the holder of ${gateway.publicKey} has activated it`, keyed(pred('activation', variable('t')))],
    ['a condition is met that is about activation', checkIf(pred('activation', variable('t')))],
    ['a condition is met that is about clearance', keyed(pred('clearance', variable('t')))],
    ['a condition is met that is about activation', keyed(pred('activation', 7))],
    ['the session was not exposed to "pii"', reject(pred('exposure', 'pii'))],
    ['a condition is not met that is about exposure', reject(pred('exposure', 7))],
    ['a condition is not met that is about weather', reject(pred('weather', 'pii'))],
    ['a condition is met that is about exposure', checkIf(pred('exposure', 'pii'))],
    ['the request asks for what the token grants', right()],
    ['a condition is met that is about resource, operation', checkIf(pred('resource', 'a'), pred('operation', 'b'))],
    [
      'a condition is met that is about resource, operation, time',
      checkIf(pred('resource', 'a'), pred('operation', 'b'), pred('time', variable('t'))),
    ],
    [
      'a condition is met that is about resource, operation, right, time',
      checkIf(pred('resource', 'a'), pred('operation', 'b'), pred('right', 'c'), pred('time', variable('t'))),
    ],
    ['a condition is met that is about constants', checkIf(binary(1, 'lessThan', 2))],
    ['the time is before the second -1', before(-1)],
    ['the time is before 1970-01-01T00:00:00Z', before(0)],
    ['the time is before 9999-12-31T23:59:59Z', before(253_402_300_799)],
    ['the time is before the second 253402300800', before(253_402_300_800)],
  ])('%s', async (demand, check) => {
    expect(await demandOf(check)).toEqual([demand])
  })

  it('quotes what the token says, so that it cannot look like words of ours', async () => {
    const [demand] = await demandOf(checkIf(pred('designation', 'tenantId', 'acme"\n and all is well')))
    expect(demand).not.toContain('\n')
  })
})

describe('whose word a token waits for', () => {
  const PAIR = pred('designation', 'tenantId', 'acme')
  const awaitedOf = async (checks: readonly Check[], stated: readonly (readonly [string, string])[] = []) => {
    const facts = [fact('right', 'alice', 'invoices', 'read')]
    const blocks = stated.map((pair) => ({
      facts: [fact('designation', ...pair)],
      signing: { external: gateway.privateKey },
    }))
    const { awaited } = await inspect(capability({ facts, checks }, blocks))
    return awaited.map(({ label, value, by }) => `${label}=${value} ${by === gateway.publicKey}`)
  }

  it.each<[string, Check, string[]]>([
    ['a pair that trusts a key', keyed(PAIR), ['tenantId=acme true']],
    ['a pair that trusts nobody else', checkIf(PAIR), []],
    ['something else of that key', keyed(pred('clearance', 'acme')), []],
    ['a label with any value', keyed(pred('designation', 'tenantId', variable('v'))), []],
    ['a pair and something else', keyed(PAIR, pred('time', variable('t'))), []],
    ['a pair and a condition', keyed(PAIR, binary(1, 'lessThan', 2)), []],
    ['one pair or another', { queries: [...keyed(PAIR).queries, ...keyed(PAIR).queries] }, []],
    ['that a pair is not said', { ...keyed(PAIR), kind: 'reject' }, []],
    ['that a pair is said in every case', { ...keyed(PAIR), kind: 'all' }, []],
  ])('is told of a check for %s', async (_name, check, expected) => {
    expect(await awaitedOf([check])).toEqual(expected)
  })

  it('is told until that pair is said, and nothing like it', async () => {
    const other = keyed(pred('designation', 'region', 'acme'))
    expect(await awaitedOf([keyed(PAIR)], [['tenantId', 'acme']])).toEqual([])
    expect(await awaitedOf([keyed(PAIR), other], [['tenantId', 'acme']])).toEqual(['region=acme true'])
    expect(await awaitedOf([keyed(PAIR)], [['tenantId', 'globex']])).toEqual(['tenantId=acme true'])
    const globex = keyed(pred('designation', 'tenantId', 'globex'))
    expect(await awaitedOf([keyed(PAIR), globex], [['tenantId', 'globex']])).toEqual(['tenantId=acme true'])
  })

  it('is told whatever else is said that is no pair', async () => {
    const facts = [fact('designation', 'tenantId', 7), fact('designation', 7, 'acme')]
    const token = capability({ facts: [fact('right', 'alice', 'invoices', 'read'), ...facts], checks: [keyed(PAIR)] })
    expect((await inspect(token)).awaited).toHaveLength(1)
  })

  it('is told of each key for itself', async () => {
    const ofMallory = { queries: [trusting(query(PAIR), { key: mallory.publicKey })] }
    expect(await awaitedOf([keyed(PAIR), ofMallory], [['tenantId', 'acme']])).toEqual(['tenantId=acme false'])
  })

  it('is told of each block for itself', async () => {
    const facts = [fact('right', 'alice', 'invoices', 'read')]
    const said = { facts: [fact('designation', 'tenantId', 'acme')], signing: { external: gateway.privateKey } }
    const own = { queries: [trusting(query(PAIR), 'previous')] }
    const token = capability({ facts, checks: [keyed(PAIR)] }, [said, { checks: [own] }])
    expect((await inspect(token)).awaited).toEqual([])
  })
})

describe('what a token binds', () => {
  it.each([
    [7, 'acme'],
    ['tenantId', 7],
    [variable('l'), 'acme'],
    ['tenantId', variable('v')],
  ])('is no pair with a term that is no text: designation(%j, %j)', async (label, value) => {
    const facts = [fact('right', 'alice', 'invoices', 'read')]
    const { designations } = await inspect(capability({ facts, checks: [checkIf(pred('designation', label, value))] }))
    expect(designations).toEqual([])
  })
})
