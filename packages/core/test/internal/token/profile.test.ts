import { describe, expect, it } from 'vitest'
import {
  binary,
  capabilityBlock,
  checkAll,
  checkIf,
  checkIfAny,
  date,
  fact,
  lazy,
  parens,
  pred,
  query,
  rejectIf,
  set,
  trusting,
  unary,
  variable,
} from '../../support/forge/datalog.ts'
import type { BlockSpec, Check, Expression, Query, Term } from '../../support/forge/model.ts'
import { gateway, mallory } from '../../support/keys.ts'
import { capability, expectRefused, verify } from '../../support/verify.ts'

const [d, s, x, y] = ['d', 's', 'x', 'y'].map(variable) as [Term, Term, Term, Term]
const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

function appended(...checks: readonly Check[]): string {
  return capability(capabilityBlock(), [{ checks }])
}

/** Whether a check of this expression alone is satisfied. */
async function holds(expression: Expression): Promise<boolean | string> {
  try {
    await verify(appended(checkIf(expression)))
    return true
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('what is outside the profile is refused, never ignored', () => {
  const namespaceRule: Query = {
    head: pred('subject', d, s),
    body: [pred('namespace', d), pred('subject', s)],
  }
  const cases: readonly (readonly [string, BlockSpec, BlockSpec?])[] = [
    ['a rule in a later block', capabilityBlock(), { rules: [namespaceRule] }],
    [
      'a rule that is not the one of the profile',
      { ...capabilityBlock(), rules: [{ ...namespaceRule, head: pred('right', d, s) }] },
    ],
    ['the one rule twice', { ...capabilityBlock(), rules: [namespaceRule, namespaceRule] }],
    ['the one rule under a scope of its block', { ...capabilityBlock(), scope: ['previous'], rules: [namespaceRule] }],
    ['the one rule with a scope', { ...capabilityBlock(), rules: [trusting(namespaceRule, 'previous')] }],
    [
      'the one rule with an expression',
      { ...capabilityBlock(), rules: [{ ...namespaceRule, expressions: [[{ value: true }]] }] },
    ],
    [
      'the one rule with its variables swapped',
      { ...capabilityBlock(), rules: [{ ...namespaceRule, head: pred('subject', s, d) }] },
    ],
    [
      'the one rule with one variable',
      {
        ...capabilityBlock(),
        rules: [{ head: pred('subject', s, s), body: [pred('namespace', s), pred('subject', s)] }],
      },
    ],
    ['a regular expression', capabilityBlock(), { checks: [checkIf(binary('aaaa', 'matches', '(a+)+b'))] }],
    [
      'a closure with a parameter',
      capabilityBlock(),
      { checks: [checkIf([{ value: true }, { closure: [{ value: true }], params: ['p'] }, { binary: 'lazyAnd' }])] },
    ],
    [
      '`any`',
      capabilityBlock(),
      {
        checks: [checkIf([{ value: { set: [1] } }, { closure: [{ value: true }], params: ['p'] }, { binary: 'any' }])],
      },
    ],
    [
      '`all`',
      capabilityBlock(),
      {
        checks: [checkIf([{ value: { set: [1] } }, { closure: [{ value: true }], params: ['p'] }, { binary: 'all' }])],
      },
    ],
    [
      '`try`',
      capabilityBlock(),
      { checks: [checkIf([{ value: true }, { closure: [{ value: true }] }, { binary: 'tryOr' }])] },
    ],
    ['`get`', capabilityBlock(), { checks: [checkIf(binary({ array: [true] }, 'get', 0))] }],
    [
      'a foreign function',
      capabilityBlock(),
      { version: 6, checks: [checkIf([{ value: true }, { unary: 'ffi', ffi: 'f' }])] },
    ],
    ['an array', capabilityBlock(), { version: 6, facts: [fact('f', { array: ['a'] })] }],
    ['a map', capabilityBlock(), { version: 6, facts: [fact('f', { map: [['a', 'b']] })] }],
    ['an array in a set', capabilityBlock(), { version: 6, facts: [fact('f', set({ array: [] }))] }],
    ['an array in a check', capabilityBlock(), { version: 6, checks: [checkIf(pred('f', { array: [] }))] }],
    [
      'a check query whose head has terms',
      capabilityBlock(),
      { checks: [{ queries: [{ head: pred('query', x), body: [pred('resource', x)] }] }] },
    ],
    ['lazy operators nested five deep', capabilityBlock(), { checks: [checkIf(nested(5))] }],
  ]
  const rows = cases.map(([name, authority, block]) => [name, authority, block] as const)
  it.each(rows)('%s is outside the profile and refused', async (_name, authority, block) => {
    await expectRefused(verify(capability(authority, block ? [block] : [])), {
      code: 'unsupported_block',
      block: block ? 1 : 0,
    })
  })

  it('lazy operators nested four deep are read', async () => {
    await expect(verify(appended(checkIf(nested(4))))).resolves.toBeDefined()
  })

  it('the one rule of the profile is read in the authority block', async () => {
    await expect(verify(capability({ ...capabilityBlock(), rules: [namespaceRule] }))).resolves.toBeDefined()
  })

  function nested(depth: number): Expression {
    return depth === 0 ? [{ value: true }] : lazy(true, 'lazyAnd', nested(depth - 1))
  }
})

describe('expressions', () => {
  const truths: readonly (readonly [string, Expression])[] = [
    ['1 < 2', binary(1, 'lessThan', 2)],
    ['2 > 1', binary(2, 'greaterThan', 1)],
    ['-1 <= -1', binary(-1, 'lessOrEqual', -1)],
    ['MAX >= MIN', binary(MAX, 'greaterOrEqual', MIN)],
    ['dates compare', binary(date(1), 'lessThan', date(2n ** 63n))],
    ['a === a', binary('a', 'strictEqual', 'a')],
    ['a !== b', binary('a', 'strictNotEqual', 'b')],
    ['1 != "1"', binary(1, 'notEqual', '1')],
    ['null == null', binary(null, 'equal', null)],
    ['null != 0', binary(null, 'notEqual', 0)],
    ['bytes === bytes', binary(Uint8Array.of(1, 2), 'strictEqual', Uint8Array.of(1, 2))],
    ['sets are equal in any order', binary(set(1, 2), 'strictEqual', set(2, 1, 1))],
    ['a set is not its string', binary(set('a'), 'notEqual', 'a')],
    ['1 + 2 * 3 === 7', binary(binary(1, 'add', binary(2, 'mul', 3)), 'strictEqual', 7)],
    ['-7 / 2 === -3', binary(binary(-7, 'div', 2), 'strictEqual', -3)],
    ['12 & 10 === 8', binary(binary(12, 'bitAnd', 10), 'strictEqual', 8)],
    ['12 | 10 === 14', binary(binary(12, 'bitOr', 10), 'strictEqual', 14)],
    ['-1 ^ 1 === -2', binary(binary(-1, 'bitXor', 1), 'strictEqual', -2)],
    ['"a" + "b" === "ab"', binary(binary('a', 'add', 'b'), 'strictEqual', 'ab')],
    ['true and !false', binary(true, 'and', unary('negate', false))],
    ['false or (true)', binary(false, 'or', parens(true))],
    ['a prefix', binary('file:/a/b', 'startsWith', 'file:')],
    ['a suffix', binary('file:/a/b', 'endsWith', '/b')],
    ['a substring', binary('file:/a/b', 'contains', '/a/')],
    ['a member', binary(set('a', 'b'), 'contains', 'a')],
    ['a subset', binary(set(1, 2, 3), 'contains', set(3, 1))],
    ['an intersection', binary(binary(set(1, 2), 'intersection', set(2, 3)), 'strictEqual', set(2))],
    ['a union', binary(binary(set(1), 'union', set(2)), 'strictEqual', set(1, 2))],
    ['length in UTF-8 bytes', binary(unary('length', 'é😀'), 'strictEqual', 6)],
    ['length of bytes', binary(unary('length', new Uint8Array(3)), 'strictEqual', 3)],
    ['length of a set', binary(unary('length', set(1, 1, 2)), 'strictEqual', 2)],
    ['the type of a date', binary(unary('type', date(1)), 'strictEqual', 'date')],
    ['a lazy and', lazy(true, 'lazyAnd', true)],
    ['a lazy or that does not run its right side', lazy(true, 'lazyOr', binary(1, 'div', 0))],
    ['a lazy and in brackets', parens(lazy(false, 'lazyOr', lazy(true, 'lazyAnd', true)))],
    ['a byte order mark is part of a string', binary('\uFEFFa', 'strictNotEqual', 'a')],
    ['one letter in two Unicode forms is two strings', binary('\u00e9', 'strictNotEqual', 'e\u0301')],
  ]
  it.each(truths)('an expression holds: %s', async (_name, expression) => {
    expect(await holds(expression)).toBe(true)
  })

  const errors: readonly (readonly [string, Expression])[] = [
    ['1 === "1"', binary(1, 'strictEqual', '1')],
    ['1 !== "1"', binary(1, 'strictNotEqual', '1')],
    ['null === 0', binary(null, 'strictEqual', 0)],
    ['an integer before a date', binary(1, 'lessThan', date(2))],
    ['MAX + 1', binary(binary(MAX, 'add', 1), 'greaterThan', 0)],
    ['MIN - 1', binary(binary(MIN, 'sub', 1), 'lessThan', 0)],
    ['MAX * 2', binary(binary(MAX, 'mul', 2), 'greaterThan', 0)],
    ['MIN / -1', binary(binary(MIN, 'div', -1), 'greaterThan', 0)],
    ['1 / 0', binary(binary(1, 'div', 0), 'equal', 0)],
    ['a set that is asked for null', binary(set(1), 'contains', null)],
    ['the prefix of a set', binary(set('a'), 'startsWith', 'a')],
    ['!1', unary('negate', 1)],
    ['a length of an integer', binary(unary('length', 1), 'equal', 1)],
    ['an integer for a boolean', [{ value: 1 }]],
    ['an unknown variable', binary(variable('nobody'), 'equal', 1)],
    ['nothing on the stack', [{ binary: 'and' }]],
    ['two values on the stack', [{ value: true }, { value: true }]],
    ['no operation at all', []],
    ['a closure left on the stack', [{ closure: [{ value: true }] }]],
    ['a closure for a value', [{ value: true }, { closure: [{ value: true }] }, { binary: 'and' }]],
    ['a closure on the left', [{ closure: [{ value: true }] }, { value: true }, { binary: 'lazyAnd' }]],
    ['a negated closure', [{ closure: [{ value: true }] }, { unary: 'negate' }]],
    ['a lazy and of an integer', lazy(1, 'lazyAnd', true)],
    ['a lazy and without closure', binary(true, 'lazyAnd', true)],
    ['a lazy or that comes to an integer', lazy(false, 'lazyOr', 5)],
  ]
  it.each(errors)('an expression fails and refuses the token: %s', async (_name, expression) => {
    expect(await holds(expression)).toBe('check_failed')
  })

  it('an expression that fails refuses in any order of the facts', async () => {
    const types = [fact('f', 1), fact('f', 'a')]
    const check = checkIf(pred('f', x), binary(x, 'strictEqual', 1))
    for (const facts of [types, [...types].reverse()]) {
      await expectRefused(verify(capability(capabilityBlock(), [{ facts, checks: [check] }])), { code: 'check_failed' })
    }
  })

  it('an expression that fails also refuses under `reject if` and `check all`', async () => {
    const broken = binary(binary(1, 'div', 0), 'equal', 1)
    await expectRefused(verify(appended(rejectIf(broken))), { code: 'check_failed' })
    await expectRefused(verify(appended(checkAll(pred('resource', x), broken))), { code: 'wrong_resource' })
  })

  it('an expression after a false one does not run', async () => {
    const check = checkIfAny(
      query([{ value: false }], binary(binary(1, 'div', 0), 'equal', 1)),
      query([{ value: true }]),
    )
    await expect(verify(appended(check))).resolves.toBeDefined()
  })
})

describe('checks', () => {
  const twins = [fact('f', 1), fact('f', 2)]
  const block = (check: Check, facts = twins) => capability(capabilityBlock(), [{ facts, checks: [check] }])
  const positive = binary(x, 'greaterThan', 0)
  const one = binary(x, 'equal', 1)

  it('`check if` needs one match, `check all` every one and at least one, `reject if` none', async () => {
    await expect(verify(block(checkIf(pred('f', x), one)))).resolves.toBeDefined()
    await expect(verify(block(checkAll(pred('f', x), positive)))).resolves.toBeDefined()
    await expectRefused(verify(block(checkAll(pred('f', x), one))), { code: 'check_failed' })
    await expectRefused(verify(block(checkAll(pred('g', x), positive))), { code: 'check_failed' })
    await expect(verify(appended(rejectIf(pred('resource', 'orders'))))).resolves.toBeDefined()
    await expectRefused(verify(appended(rejectIf(pred('resource', 'invoices')))), { code: 'wrong_resource' })
  })

  it('a check with `or` needs one query, and a `reject if` with `or` refuses if any query holds', async () => {
    const [yes, no] = [query(pred('resource', 'invoices')), query(pred('resource', 'orders'))]
    await expect(verify(appended(checkIfAny(no, yes)))).resolves.toBeDefined()
    for (const queries of [
      [yes, no],
      [no, yes],
      [yes, yes],
    ]) {
      await expectRefused(verify(appended({ kind: 'reject', queries })), { code: 'wrong_resource' })
    }
    await expect(verify(appended({ kind: 'reject', queries: [no, no] }))).resolves.toBeDefined()
  })

  it.each(['if', 'all', 'reject'] as const)('a check of kind %s without a query is never satisfied', async (kind) => {
    await expectRefused(verify(appended({ kind, queries: [] })), { code: 'check_failed' })
  })

  it('checks join predicates through their variables', async () => {
    const facts = [fact('p', 'a', 'b'), fact('q', 'b', 'c'), fact('q', 'x', 'y')]
    await expect(verify(block(checkIf(pred('p', x, y), pred('q', y, 'c')), facts))).resolves.toBeDefined()
    await expectRefused(verify(block(checkIf(pred('p', x, y), pred('q', x, 'c')), facts)), { code: 'check_failed' })
    await expectRefused(verify(block(checkIf(pred('p', x, x)), facts)), { code: 'check_failed' })
  })

  it('checks tell the types of terms apart', async () => {
    for (const [stated, asked] of [
      ['1', 1],
      [1, date(1)],
      [true, 'true'],
      [null, 'null'],
      [set('a'), 'a'],
    ] as [Term, Term][]) {
      await expectRefused(verify(block(checkIf(pred('f', asked)), [fact('f', stated)])), { code: 'check_failed' })
    }
  })

  it('checks tell one arity from another', async () => {
    await expectRefused(verify(block(checkIf(pred('f', 1)), [fact('f', 1, 1)])), { code: 'check_failed' })
  })
})

describe('scopes', () => {
  const flagged = (...scope: Parameters<typeof trusting>[1][]) => ({
    checks: [{ queries: [trusting(query(pred('flag', 'up')), ...scope)] }],
  })
  const flag = { facts: [fact('flag', 'up')] }
  const signed = (by: { privateKey: string }) => ({ ...flag, signing: { external: by.privateKey } })
  const key = { key: gateway.publicKey }

  it.each<[string, BlockSpec[], boolean]>([
    ['a block sees its own facts', [{ ...flag, ...flagged() }], true],
    ['a block does not see the facts of the block before it', [flag, flagged()], false],
    ['a block with `previous` sees the facts of the block before it', [flag, flagged('previous')], true],
    ['a block with `previous` does not see the facts of the block after it', [flagged('previous'), flag], false],
    [
      'a check with a key sees the blocks that the key signed, before and after it',
      [flagged(key), signed(gateway)],
      true,
    ],
    ['a check with a key does not see what another key signed', [flagged(key), signed(mallory)], false],
    ['a check with a key does not see what no third party signed', [flagged(key), flag], false],
    [
      'a check with a key does not see the authority block',
      [{ checks: [{ queries: [trusting(query(pred('right', x, y, variable('z'))), key)] }] }],
      false,
    ],
    [
      'a check with `authority` and a key sees the authority block too',
      [{ checks: [{ queries: [trusting(query(pred('right', x, y, variable('z'))), 'authority', key)] }] }],
      true,
    ],
    [
      'the scope of a block holds for its queries',
      [signed(gateway), { scope: [key], checks: [checkIf(pred('flag', 'up'))] }],
      true,
    ],
    [
      'the scope of a query goes before that of its block',
      [signed(gateway), { scope: [key], ...flagged('authority') }],
      false,
    ],
  ])('scopes: %s', async (_name, blocks, accepted) => {
    const verdict = verify(capability(capabilityBlock(), blocks))
    if (accepted) await expect(verdict).resolves.toBeDefined()
    else await expectRefused(verdict, { code: 'check_failed' })
  })

  it('a check of the authority block sees no fact of a later block', async () => {
    const authority = capabilityBlock({ checks: [checkIf(pred('flag', 'up'))] })
    await expectRefused(verify(capability(authority, [flag])), { code: 'check_failed' })
  })
})
