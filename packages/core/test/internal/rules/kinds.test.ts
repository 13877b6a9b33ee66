import { describe, expect, it } from 'vitest'
import { capabilityBlock, checkIf, fact, pred, rightCheck, timeCheck, variable } from '../../support/forge/datalog.ts'
import type { BlockSpec } from '../../support/forge/model.ts'
import { capability, expectRefused, NOW, READ_INVOICES, verify } from '../../support/verify.ts'

const life = timeCheck(NOW + 300)
const right = fact('right', 'alice', 'invoices', 'read')

describe('only a capability is a capability', () => {
  const others: readonly (readonly [string, BlockSpec])[] = [
    ['an identity', { facts: [fact('subject', 'alice')], checks: [life] }],
    ['a context, which has no check but its life', { facts: [fact('context', 'alice')], checks: [life] }],
    ['a token that states nothing', { checks: [life] }],
    [
      'a token that is a capability and an identity',
      { facts: [right, fact('subject', 'alice')], checks: [rightCheck(), life] },
    ],
    [
      'a token that is a capability and a context',
      { facts: [right, fact('context', 'alice')], checks: [rightCheck(), life] },
    ],
    ['a right of two terms', { facts: [fact('right', 'invoices', 'read')], checks: [life] }],
    ['a right to anything', { facts: [fact('right', 'alice', true, 'read')], checks: [life] }],
    ['a right of a subject that is no string', { facts: [fact('right', 7, 'invoices', 'read')], checks: [life] }],
  ]
  const forged: BlockSpec = { facts: [right, fact('resource', 'invoices'), fact('operation', 'read')] }

  it.each(others)('%s is not a capability', async (_name, authority) => {
    for (const blocks of [[], [forged]]) {
      await expectRefused(verify(capability(authority, blocks)), { code: 'wrong_kind' })
    }
  })

  it('a refused kind names the kind that was sent and the kind that is wanted', async () => {
    const token = capability({ facts: [fact('subject', 'alice')], checks: [life] })
    await expectRefused(verify(token), { code: 'wrong_kind', block: 0, expected: 'identity', actual: 'capability' })
  })

  it('a capability keeps its kind, whatever later blocks state', async () => {
    const token = capability(capabilityBlock(), [
      { facts: [fact('subject', 'mallory'), fact('context', 'mallory'), fact('actor', 'mallory')] },
    ])
    await expect(verify(token)).resolves.toMatchObject({ kind: 'capability', subject: 'alice' })
  })
})

describe('the right', () => {
  it.each([
    [{ resource: 'orders' }, { code: 'wrong_resource', expected: 'invoices', actual: 'orders' }],
    [{ operation: 'write' }, { code: 'wrong_operation', expected: 'read', actual: 'write' }],
    [{ subject: 'bob' }, { code: 'wrong_subject', expected: 'alice', actual: 'bob' }],
    [{ resource: 'orders', operation: 'write', subject: 'bob' }, { code: 'wrong_resource' }],
    [{ operation: 'write', subject: 'bob' }, { code: 'wrong_operation' }],
    [{ resource: 'Invoices' }, { code: 'wrong_resource' }],
    [{ resource: 'constructor' }, { code: 'wrong_resource' }],
    [{ operation: '' }, { code: 'wrong_operation' }],
  ])('a request with %j is refused, because the capability has no such right', async (change, expected) => {
    await expectRefused(verify(capability(), { ...READ_INVOICES, ...change }), expected)
  })

  it('a request that pins the subject of the capability is accepted', async () => {
    await expect(verify(capability(), { ...READ_INVOICES, subject: 'alice' })).resolves.toBeDefined()
  })

  it('of several rights of a token the requested one counts', async () => {
    const facts = [right, fact('right', 'bob', 'orders', 'write')]
    const token = capability({ facts, checks: [rightCheck(), life] })
    await expect(verify(token, { resource: 'orders', operation: 'write' })).resolves.toMatchObject({
      subject: 'bob',
      resource: 'orders',
    })
    await expectRefused(verify(token, { resource: 'orders', operation: 'read' }), { code: 'wrong_operation' })
  })
})

describe('older forms', () => {
  const legacy: BlockSpec = {
    facts: [right],
    checks: [checkIf(pred('subject', variable('sub')), ...rightCheck().queries[0]!.body), life],
  }

  it('an older capability that asks for its subject passes when the subject is pinned', async () => {
    await expect(verify(capability(legacy), { ...READ_INVOICES, subject: 'alice' })).resolves.toBeDefined()
    await expectRefused(verify(capability(legacy)), { code: 'wrong_subject' })
  })

  it('an older capability with a namespace passes in that namespace', async () => {
    const token = capability(capabilityBlock({ checks: [checkIf(pred('namespace', 'acme'))] }))
    await expect(verify(token, READ_INVOICES, { namespace: 'acme' })).resolves.toBeDefined()
    await expectRefused(verify(token, READ_INVOICES, { namespace: 'globex' }), { code: 'check_failed' })
    await expectRefused(verify(token), { code: 'check_failed' })
  })
})
