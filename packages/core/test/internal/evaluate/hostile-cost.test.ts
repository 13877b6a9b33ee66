import { describe, expect, it } from 'vitest'
import { createVerifier } from '../../../src/capability/create-verifier.ts'
import type { CapabilityErrorCode } from '../../../src/internal/base/capability-error.ts'
import { EMPTY_TABLES, extendTables } from '../../support/forge/block.ts'
import {
  binary,
  capabilityBlock,
  checkIf,
  fact,
  pred,
  query,
  set,
  trusting,
  variable,
} from '../../support/forge/datalog.ts'
import { readToken } from '../../support/forge/envelope.ts'
import { appendBlock, forge } from '../../support/forge/forge.ts'
import type { Block, Expression, Predicate } from '../../support/forge/model.ts'
import { NOW } from '../../support/gen/terms.ts'
import { gateway, root } from '../../support/keys.ts'
import { createOracle } from '../../support/oracle/oracle.ts'

// Alice's token is honest; everything else is what Mallory, who holds a copy and no key, appends to it.
const valid = forge({ root: root.privateKey, authority: capabilityBlock({ designations: { tenantId: 'acme' } }) })
const request = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
const { symbols } = extendTables(EMPTY_TABLES, readToken(valid).authority.block)
const nextSymbol = BigInt(1024 + symbols.length)
// Nothing is remembered, so that each is compared with a valid token that costs its signature.
const verifier = createVerifier({ keys: root.publicKey, anchor: null, now: () => NOW, cache: false })

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

function joined(facts: number): Block {
  const join = ['a', 'b', 'c', 'd'].map((name) => pred('f', variable(name)))
  return { facts: numbered(facts), checks: [checkIf(...join, binary(variable('a'), 'lessThan', 1000))] }
}

function numbered(count: number): Predicate[] {
  return times(count, (index) => fact('f', index))
}

function nested(depth: number): Expression {
  return times(depth, () => 0).reduce<Expression>(
    (inner) => [{ value: true }, { closure: inner }, { binary: 'lazyAnd' }],
    [{ value: true }],
  )
}

function concatenated(text: string, count: number): Expression {
  return times(count, () => text).reduce<Expression>((left, right) => binary(left, 'add', right), [{ value: text }])
}

const x = variable('x')
const y = variable('y')

const HOSTILE: readonly (readonly [name: string, code: CapabilityErrorCode, block: Block])[] = [
  ['a predicate whose symbol id is 2^53', 'malformed_token', { facts: [fact({ symbol: 2n ** 53n }, 'a')] }],
  ['a string whose symbol id is 2^64 - 1', 'malformed_token', { facts: [fact('f', { symbol: 2n ** 64n - 1n })] }],
  ['a symbol id one past the table', 'malformed_token', { facts: [fact('role', { symbol: nextSymbol })] }],
  ['a variable that is no symbol', 'malformed_token', { checks: [checkIf(pred('f', { variable: { symbol: 999n } }))] }],
  ['a public key id of 2^62', 'malformed_token', { scope: [{ keyId: 2n ** 62n }] }],
  ['closures nested 300 deep', 'malformed_token', { checks: [checkIf(nested(300))] }],
  ['closures nested 5 deep', 'unsupported_block', { checks: [checkIf(nested(5))] }],
  ['60 facts joined four times', 'limits_exceeded', joined(60)],
  [
    '200 facts joined twice, in a check that names a key',
    'limits_exceeded',
    {
      facts: numbered(200),
      checks: [{ queries: [trusting(query(pred('f', x), pred('f', y)), { key: gateway.publicKey })] }],
    },
  ],
  [
    'strings that grow',
    'limits_exceeded',
    { facts: numbered(50), checks: [checkIf(pred('f', x), binary(concatenated('m'.repeat(4000), 30), 'notEqual', x))] },
  ],
  [
    'sets compared with each other',
    'limits_exceeded',
    {
      facts: times(40, (index) => fact('f', set(...times(32, (member) => 100 * index + member)))),
      checks: [checkIf(pred('f', x), pred('f', y), binary(x, 'notEqual', y))],
    },
  ],
  [
    'a query with 2000 scopes, asked 100 times',
    'limits_exceeded',
    {
      scope: times(2000, () => ({ key: gateway.publicKey })),
      checks: times(100, () => checkIf(pred('designation', 'tenantId', 'acme'))),
    },
  ],
]

// Nothing in these is over a limit by its size: what was not counted in them once cost up to 330 ms.
const pair = pred('designation', 'tenantId', 'acme')
const role = (name: string) => pred('role', variable(name))
const roles = times(12, (index) => fact('role', index))
const previous = times(32, () => 'previous' as const)
const HEAVY: readonly (readonly [name: string, blocks: number, last: Block])[] = [
  [
    'one pair in 64 predicates and 340 queries',
    1,
    {
      scope: previous,
      checks: [{ queries: [{ body: times(64, () => pair) }, ...times(340, () => ({ body: [pair] }))] }],
    },
  ],
  [
    'the same under the scopes of 31 blocks',
    31,
    {
      scope: previous,
      checks: [{ queries: [{ body: times(64, () => pair) }, ...times(200, () => ({ body: [pair] }))] }],
    },
  ],
  [
    '700 variables that each match copies',
    1,
    {
      facts: [fact('user', ...times(700, () => true)), ...roles],
      checks: [
        checkIf(
          pred('user', ...times(700, (index) => variable(index.toString(36)))),
          ...['read', 'write', 'owner', 'tenant'].map(role),
          pred('admin', variable('admin')),
        ),
      ],
    },
  ],
  [
    '1250 terms that differ in the last',
    1,
    {
      facts: [...roles, fact('user', ...times(1250, () => true))],
      checks: [
        checkIf(
          ...['read', 'write', 'owner', 'time'].map(role),
          pred('user', ...times(1249, () => variable('team')), false),
        ),
      ],
    },
  ],
  [
    '4000 bytes that differ in the last',
    1,
    {
      facts: [...roles, fact('user', new Uint8Array(4000))],
      checks: [
        checkIf(
          role('read'),
          role('owner'),
          pred('user', Uint8Array.from(times(4000, (index) => (index === 3999 ? 1 : 0)))),
        ),
      ],
    },
  ],
  [
    '300 queries under the scopes of 31 blocks',
    31,
    { scope: previous, checks: [{ queries: times(300, () => ({ body: [pred('role')] })) }] },
  ],
  ['250 facts with a name of 4000 bytes', 1, { facts: times(250, () => fact('n'.repeat(4000))) }],
]

describe('a token within the limits costs about what its signatures cost', () => {
  it.each(HEAVY)('a heavy token costs about what its signatures cost: %s', async (_, count, last) => {
    const append = (block: Block) =>
      times(count, (index) => (index === count - 1 ? block : {})).reduce(
        (token, each) => appendBlock(token, each),
        valid,
      )
    const [heavy, light] = [append(last), append({})]
    const perToken = await fastest(light)
    // A verification may do 10,000 steps beside its signatures, which is a millisecond or two; before they were counted, these took up
    // to a thousand times as long as a valid token. The wide margin is for machines that are busy with something else.
    expect(await fastest(heavy)).toBeLessThan(perToken + 60 * (await fastest(valid)))
  })
})

describe('what any holder can append costs the reader next to nothing', () => {
  it.each(HOSTILE)(
    'a hostile block with %s is %s in about the time of a valid token, and the next valid token passes',
    async (_, code, block) => {
      const hostile = appendBlock(valid, block)
      await expect(verifier.verify(hostile, request)).rejects.toMatchObject({ code })
      await expect(verifier.verify(valid, request)).resolves.toMatchObject({ subject: 'alice' })
      // Work is counted, so the factor has nothing to do with how much was asked for: 60^4 matches would be seconds.
      expect(await fastest(hostile)).toBeLessThan(50 * (await fastest(valid)))
    },
  )

  it('a join is accepted as long as its steps are within the limit', async () => {
    await expect(verifier.verify(appendBlock(valid, joined(4)), request)).resolves.toMatchObject({ subject: 'alice' })
    const strict = createVerifier({ keys: root.publicKey, anchor: null, now: () => NOW, limits: { steps: 300 } })
    await expect(strict.verify(valid, request)).resolves.toMatchObject({ subject: 'alice' })
    await expect(strict.verify(appendBlock(valid, joined(4)), request)).rejects.toMatchObject({
      code: 'limits_exceeded',
    })
  })

  it('the same hostile token gets the same answer each time', async () => {
    const tokens = [appendBlock(valid, joined(9)), appendBlock(valid, joined(10))]
    const answers = tokens.map((token) => times(5, () => codeOf(token)))
    for (const codes of await Promise.all(answers.map((codes) => Promise.all(codes)))) {
      expect(new Set(codes).size).toBe(1)
    }
  })

  it('the first of the hostile blocks traps the reference implementation', () => {
    const hostile = appendBlock(valid, { facts: [fact({ symbol: 2n ** 53n }, 'a')] })
    expect(createOracle().judge(hostile, root.publicKey, { ...request, time: NOW })).toBe('trap')
  })
})

async function codeOf(token: string): Promise<unknown> {
  return verifier.verify(token, request).then(
    () => 'ok',
    (error: { code?: unknown }) => error.code,
  )
}

/** Milliseconds of the fastest of several runs: the others say how busy the machine is. */
async function fastest(token: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 7; run++) {
    const start = performance.now()
    await codeOf(token)
    least = Math.min(least, performance.now() - start)
  }
  return least
}
