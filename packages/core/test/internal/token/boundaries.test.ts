import { describe, expect, it } from 'vitest'
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
import { sealToken } from '../../support/forge/forge.ts'
import type { BlockSpec, Check, Expression, Predicate, Query, Term } from '../../support/forge/model.ts'
import { gateway } from '../../support/keys.ts'
import { capability, expectRefused, READ_INVOICES, verify } from '../../support/verify.ts'

// Blocks and tokens at the edge of what is read: one feature, one version, one entry beside what other tests say.

const [x, y, z] = ['x', 'y', 'z'].map(variable) as [Term, Term, Term]

function appended(...checks: readonly Check[]): string {
  return capability(capabilityBlock(), [{ checks }])
}

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** `1 + 1 + 1 ... === count`, each sum before the next number: never more than two values at once. */
function runningSum(count: number): Expression {
  const steps = many(count - 1, () => [{ value: 1 }, { binary: 'add' as const }])
  return [{ value: 1 }, ...steps.flat(), { value: count }, { binary: 'strictEqual' }]
}

describe('a limit at its edge', () => {
  const plain: BlockSpec = { facts: [] }
  const thirdParty: BlockSpec = { facts: [], signing: { external: gateway.privateKey } }

  it('the limit of characters counts the text as it was sent', async () => {
    const token = capability()
    const limits = { textLength: token.length }
    await expect(verify(token, READ_INVOICES, { limits })).resolves.toBeDefined()
    limits.textLength--
    await expectRefused(verify(token, READ_INVOICES, { limits }), { code: 'limits_exceeded' })
  })

  it('the limit of signatures counts third-party signatures and the seal', async () => {
    const open = capability(capabilityBlock(), [...many(19, () => thirdParty), plain])
    await expect(verify(open)).resolves.toBeDefined()
    await expectRefused(verify(sealToken(open)), { code: 'limits_exceeded' })
    const shorter = capability(
      capabilityBlock(),
      many(19, () => thirdParty),
    )
    await expect(verify(sealToken(shorter))).resolves.toBeDefined()
  })

  it.each<[string, (count: number) => [BlockSpec, BlockSpec]]>([
    ['block', (count) => [capabilityBlock(), { facts: [], scope: many(count, () => 'previous' as const) }]],
    [
      'check',
      (count) => {
        const scoped = trusting(query(pred('resource', x)), ...many(count, () => 'previous' as const))
        return [capabilityBlock(), { checks: [{ queries: [scoped] }] }]
      },
    ],
  ])('the limit of scopes holds for the scopes of a %s', async (_name, make) => {
    const [authority, within] = make(32)
    await expect(verify(capability(authority, [within]))).resolves.toBeDefined()
    await expectRefused(verify(capability(authority, [make(33)[1]])), { code: 'limits_exceeded' })
  })

  it('the limit of scopes holds for the scopes of a rule, before the rule is evaluated', async () => {
    const rule = trusting({ head: pred('a', x), body: [pred('b', x)] }, ...many(33, () => 'previous' as const))
    await expectRefused(verify(capability(capabilityBlock(), [{ rules: [rule] }])), { code: 'limits_exceeded' })
    const within = { ...rule, scope: rule.scope?.slice(1) ?? [] }
    await expectRefused(verify(capability(capabilityBlock(), [{ rules: [within] }])), { code: 'unsupported_block' })
  })

  it('the limit of values on the stack counts the values that are there at the same time', async () => {
    await expect(verify(appended(checkIf(runningSum(31))))).resolves.toBeDefined()
    await expectRefused(verify(appended(checkIf(runningSum(32)))), { code: 'limits_exceeded' })
  })
})

describe('a feature is refused below its version wherever it stands', () => {
  const rule: Query = { head: pred('a', x), body: [pred('b', x)] }
  const expression = (...ops: Expression): BlockSpec => ({ checks: [checkIf(ops)] })
  const one = { value: 1 } as const
  const yes = { value: true } as const

  it.each<[string, number, BlockSpec]>([
    ['a scope of a rule', 3, { rules: [trusting(rule, 'previous')] }],
    ['null in the head of a rule', 5, { rules: [{ ...rule, head: pred('a', null) }] }],
    ['null in the body of a rule', 5, { rules: [{ ...rule, body: [pred('b', null)] }] }],
    ['null in an expression', 5, { checks: [checkIf(binary(null, 'strictEqual', null))] }],
    ['null in a set in an expression', 5, { checks: [checkIf(binary(set(null), 'strictEqual', set(null)))] }],
    ['a closure that no operator takes', 5, expression({ closure: [yes] }, yes)],
    ['`&` over bits', 3, { checks: [checkIf(binary(binary(1, 'bitAnd', 1), 'strictEqual', 1))] }],
    ['`|` over bits', 3, { checks: [checkIf(binary(binary(1, 'bitOr', 1), 'strictEqual', 1))] }],
    ['`^` over bits', 3, { checks: [checkIf(binary(binary(1, 'bitXor', 1), 'strictEqual', 0))] }],
    ['a lazy `&&` without closure', 5, expression(yes, yes, { binary: 'lazyAnd' })],
    ['a lazy `||` without closure', 5, expression(yes, yes, { binary: 'lazyOr' })],
    ['`==`', 5, expression(one, one, { binary: 'equal' })],
    ['`!=`', 5, expression(one, one, { binary: 'notEqual' })],
  ])('%s is refused in version %d and read in the next one', async (_name, version, block) => {
    await expectRefused(verify(capability(capabilityBlock(), [{ ...block, version }])), { code: 'malformed_token' })
    const verdict = await verify(capability(capabilityBlock(), [{ ...block, version: version + 1 }])).then(
      () => 'read',
      (error) => error.code,
    )
    expect(['read', 'check_failed', 'unsupported_block']).toContain(verdict)
  })
})

describe('a term is looked at wherever it stands', () => {
  it.each<[string, BlockSpec]>([
    ['an array after another term', { version: 6, facts: [fact('f', 'a', { array: [] })] }],
    ['an array before another term', { version: 6, facts: [fact('f', { array: [] }, 'a')] }],
    ['an array in an expression', { version: 6, checks: [checkIf(binary({ array: [] }, 'equal', { array: [] }))] }],
    ['a map in an expression', { version: 6, checks: [checkIf(binary({ map: [] }, 'equal', { map: [] }))] }],
    ['an array in a set in an expression', { version: 6, checks: [checkIf(binary(set({ array: [] }), 'equal', 1))] }],
  ])('a term outside the profile is refused in %s', async (_name, block) => {
    await expectRefused(verify(capability(capabilityBlock(), [block])), {
      code: 'unsupported_block',
      block: 1,
    })
  })

  it.each<[string, Predicate]>([
    ['before', fact('f', x, 'a')],
    ['after', fact('f', 'a', x)],
  ])('a fact with a variable %s a constant is refused', async (_name, stated) => {
    await expectRefused(verify(capability(capabilityBlock(), [{ facts: [stated] }])), { code: 'malformed_token' })
  })
})

describe('a fact without terms', () => {
  it('a fact without terms is a fact', async () => {
    const stated = (name: string) =>
      capability(capabilityBlock(), [{ facts: [fact('f')], checks: [checkIf(pred(name))] }])
    await expect(verify(stated('f'))).resolves.toBeDefined()
    await expectRefused(verify(stated('g')), { code: 'check_failed' })
  })
})

describe('sets', () => {
  it.each<[string, Term, Term]>([
    ['a subset', set(1), set(1, 2)],
    ['a superset', set(1, 2), set(1)],
    ['another of the same size', set(1, 2), set(1, 3)],
    ['one of another type', set(1), set('1')],
    ['the empty one', set(), set(1)],
  ])('a set is not equal to %s', async (_name, left, right) => {
    await expect(verify(appended(checkIf(binary(left, 'strictNotEqual', right))))).resolves.toBeDefined()
    await expectRefused(verify(appended(checkIf(binary(left, 'strictEqual', right)))), { code: 'check_failed' })
    const stated = { facts: [fact('f', left)], checks: [checkIf(pred('f', right))] }
    await expectRefused(verify(capability(capabilityBlock(), [stated])), { code: 'check_failed' })
  })

  it('two sets with the same members in another order are equal', async () => {
    await expect(verify(appended(checkIf(binary(set(1, 2), 'strictEqual', set(2, 1, 2)))))).resolves.toBeDefined()
  })
})

describe('the one rule of the profile', () => {
  const rule: Query = { head: pred('subject', x, y), body: [pred('namespace', x), pred('subject', y)] }
  const [namespace, subject] = rule.body as [Predicate, Predicate]

  it.each<[string, Partial<Query>]>([
    ['with a third predicate', { body: [namespace, subject, pred('resource', z)] }],
    ['with one predicate', { body: [namespace] }],
    ['without a body', { body: [] }],
    ['with its body turned around', { body: [subject, namespace] }],
    ['with a free namespace', { body: [pred('namespace', z), subject] }],
    ['with a free subject', { body: [namespace, pred('subject', z)] }],
    ['with a namespace of two terms', { body: [pred('namespace', x, z), subject] }],
    ['with a subject of two terms', { body: [namespace, pred('subject', y, z)] }],
    ['with a constant for the namespace', { body: [pred('namespace', 'acme'), subject] }],
    ['with a constant for the subject', { body: [namespace, pred('subject', 'alice')] }],
    ['with constants in the head', { head: pred('subject', 'acme', 'alice') }],
    ['with one constant in the head', { head: pred('subject', 'acme', y) }],
    [
      'with a constant for both namespaces',
      { head: pred('subject', 'acme', y), body: [pred('namespace', 'acme'), subject] },
    ],
    [
      'with a constant for both subjects',
      { head: pred('subject', x, 'bob'), body: [namespace, pred('subject', 'bob')] },
    ],
    ['with a head of three terms', { head: pred('subject', x, y, x) }],
    ['with a head of one term', { head: pred('subject', x) }],
    ['with another head', { head: pred('right', x, y) }],
    ['over another namespace', { body: [pred('tenant', x), subject] }],
    ['over another subject', { body: [namespace, pred('user', y)] }],
  ])('a rule %s is outside the profile', async (_name, change) => {
    const authority = { ...capabilityBlock(), rules: [{ ...rule, ...change }] }
    await expectRefused(verify(capability(authority)), { code: 'unsupported_block', block: 0 })
  })
})
