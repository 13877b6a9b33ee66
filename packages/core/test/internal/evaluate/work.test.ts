import { describe, expect, it } from 'vitest'
import {
  binary,
  capabilityBlock,
  checkAll,
  checkIf,
  fact,
  lazy,
  pred,
  query,
  set,
  trusting,
  unary,
  variable,
} from '../../support/forge/datalog.ts'
import type { BlockSpec, Check, Predicate, Term } from '../../support/forge/model.ts'
import { gateway } from '../../support/keys.ts'
import { capability, READ_INVOICES, verify } from '../../support/verify.ts'

const [x, y] = ['x', 'y'].map(variable) as [Term, Term]
const yes = [{ value: true }] as const
const text = (length: number) => 'a'.repeat(length)

/** The least limit of steps under which a token with this block is judged at all. */
async function steps(block: BlockSpec): Promise<number> {
  const token = capability(capabilityBlock(), [block])
  const enough = async (limit: number) =>
    verify(token, READ_INVOICES, { limits: { steps: limit } }).then(
      () => true,
      ({ code }) => code !== 'limits_exceeded',
    )
  let [low, high] = [1, 16_384]
  while (low < high) {
    const middle = (low + high) >> 1
    if (await enough(middle)) high = middle
    else low = middle + 1
  }
  return low
}

const base = await steps({ facts: [] })
const none: readonly Predicate[] = []

describe('the work of a check, in steps', () => {
  it.each<[string, number, Check, (readonly Predicate[])?]>([
    ['a query alone', 2, { queries: [{ body: [] }] }],
    ['two queries, of which the first holds', 2, { queries: [{ body: [] }, { body: [] }] }],
    ['an operation', 3, checkIf(yes)],
    ['three operations', 5, checkIf(binary(1, 'lessThan', 2))],
    ['a lazy operation that does not run its right side', 5, checkIf(lazy(true, 'lazyOr', yes))],
    ['a lazy operation that does', 6, checkIf(lazy(true, 'lazyAnd', yes))],
    ['a string of 21 characters', 5, checkIf(binary(text(21), 'equal', 1))],
    ['a string of 22 characters', 7, checkIf(binary(text(22), 'equal', 1))],
    ['a string of 43 characters', 9, checkIf(binary(1, 'equal', text(43)))],
    ['63 bytes', 5, checkIf(binary(new Uint8Array(63), 'equal', 1))],
    ['64 bytes', 7, checkIf(binary(new Uint8Array(64), 'equal', 1))],
    ['a set of three', 11, checkIf(binary(set(1, 2, 3), 'equal', 1))],
    ['a set of two strings', 15, checkIf(binary(set(text(22), text(43)), 'equal', 1))],
    [
      'a string of 22 characters, of which the length is taken',
      7,
      checkIf(binary(unary('length', text(22)), 'equal', 1)),
    ],
    ['two strings made one', 15, checkIf(binary(binary(text(22), 'add', text(22)), 'equal', 1))],
    ['one string looked for in another', 86, checkIf(binary(text(220), 'contains', text(110)))],
    ['one string at the end of another', 35, checkIf(binary(text(220), 'endsWith', text(110)))],
    ['a member looked for in a set', 11, checkIf(binary(set(1, 2, 3), 'contains', 1))],
    ['a fact', 4, checkIf(pred('f', 1)), [fact('f', 1)]],
    ['three facts', 8, checkIf(pred('f', x)), [fact('f', 1), fact('f', 2), fact('f', 3)]],
    ['facts of which the first string is another', 4, checkIf(pred('f', 'a')), [fact('f', 'a'), fact('f', 'b')]],
    ['facts of another name or arity', 2, checkIf(pred('f', 1)), [fact('g', 1), fact('f', 1, 1)]],
    [
      'a fact that the query does not see',
      4,
      { queries: [trusting(query(pred('right', x, x, y)), { key: gateway.publicKey })] },
    ],
    ['a fact of four terms', 6, checkIf(pred('f', 1, 1, 1, 1)), [fact('f', 1, 1, 1, 1)]],
    ['a fact of a long string', 5, checkIf(pred('f', text(22))), [fact('f', text(22))]],
    ['a fact of a long string, bound', 7, checkIf(pred('f', x), pred('f', x)), [fact('f', text(22))]],
    ['a join', 12, checkAll(pred('f', x), pred('f', y)), [fact('f', 1), fact('f', 2)]],
    [
      'a binding copied with four others',
      10,
      checkIf(pred('f', ...['a', 'b', 'c', 'd'].map(variable)), pred('g', x)),
      [fact('f', 1, 2, 3, 4), fact('g', 1)],
    ],
    ['two scopes', 4, { queries: [trusting({ body: [] }, 'previous', 'authority')] }],
  ])('the steps of a check are counted: %s costs %d', async (_name, expected, check, facts = none) => {
    expect((await steps({ facts, checks: [check] })) - base).toBe(expected)
  })

  it('the steps of a plain capability are counted exactly', () => {
    // right: a query (2), three facts and three attempts, one of them of three terms, the last with two variables copied; time: a query (2), a fact, an attempt and three operations.
    expect(base).toBe(2 + 3 + 3 + 1 + 1 + 2 + 1 + 1 + 3)
  })

  it('a check that names a key counts twice, because it is judged twice', async () => {
    const check = { queries: [trusting({ body: [] }, { key: gateway.publicKey })] }
    expect((await steps({ checks: [check] })) - base).toBe(6)
  })
})
