import { describe, expect, it } from 'vitest'
import { timeCheck } from '../support/forge/datalog.ts'
import {
  delegationBlock,
  depthCheck,
  exactCheck,
  identity,
  identityBlock,
  openCheck,
  speaks,
  speaksAs,
} from '../support/identity.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const exact = identityBlock({ names: [exactCheck('agent:alice')] })

describe('a limit of depth', () => {
  it('a limit of depth counts the segments of the presented name', async () => {
    const token = identity(identityBlock(), [{ checks: [openCheck('agent:alice:helper'), depthCheck(4)] }])
    await expect(speaks(token)).resolves.toMatchObject({ identity: 'agent:alice:helper', depth: 1 })
    await expect(speaksAs(token, 'agent:alice:helper:x')).resolves.toMatchObject({ assertedBy: 'holder' })
    await expectRefused(speaksAs(token, 'agent:alice:helper:x:y'), {
      code: 'wrong_subject',
      block: 1,
      check: 1,
      expected: '4',
      actual: '5',
    })
  })

  it('of several limits of depth the smallest counts', async () => {
    const token = identity(identityBlock(), [
      { checks: [openCheck('agent:alice:helper'), depthCheck(2n ** 63n - 1n)] },
      { checks: [depthCheck(5), depthCheck(3)] },
    ])
    await expect(speaks(token)).resolves.toMatchObject({ depth: 1 })
    await expectRefused(speaksAs(token, 'agent:alice:helper:x'), {
      code: 'wrong_subject',
      block: 2,
      check: 1,
    })
  })

  it('a limit of depth that no name can meet lets nobody speak', async () => {
    const token = identity(identityBlock(), [{ checks: [depthCheck(1)] }])
    await expectRefused(speaks(token), {
      code: 'wrong_subject',
      block: 1,
      check: 0,
      expected: '1',
      actual: '2',
    })
  })
})

describe('the last block that names anybody decides', () => {
  it('blocks without a name check are skipped when the name is read', async () => {
    const token = identity(identityBlock(), [delegationBlock('agent:alice:helper'), { checks: [timeCheck(NOW + 5)] }])
    await expect(speaks(token)).resolves.toMatchObject({ identity: 'agent:alice:helper', depth: 1, expiresAt: NOW + 5 })
  })

  it('the name that is read must satisfy every block', async () => {
    const outside = identity(identityBlock(), [delegationBlock('agent:alice:helper'), delegationBlock('agent:alice')])
    await expectRefused(speaks(outside), {
      code: 'wrong_subject',
      block: 1,
      check: 0,
      expected: 'agent:alice:helper',
      actual: 'agent:alice',
    })
    const sibling = identity(identityBlock(), [
      delegationBlock('agent:alice:helper'),
      delegationBlock('agent:alice:other'),
    ])
    await expectRefused(speaks(sibling), { code: 'wrong_subject', block: 1, check: 0 })
    const admin = identity(identityBlock(), [delegationBlock('agent:admin')])
    await expectRefused(speaks(admin), {
      code: 'wrong_subject',
      block: 0,
      check: 0,
      expected: 'agent:alice',
      actual: 'agent:admin',
    })
    const closed = identity(exact, [delegationBlock('agent:alice:helper')])
    await expectRefused(speaks(closed), { code: 'wrong_subject', block: 0, check: 0 })
  })

  it('a refused name is made printable for operators', async () => {
    const error = await expectRefused(speaksAs(identity(), 'agent:bob\u0007'), {
      code: 'wrong_subject',
      actual: 'agent:bob\\u{7}',
    })
    expect(JSON.stringify(error)).toBe('{"name":"CapabilityError","code":"wrong_subject"}')
  })

  it('an identity that its holder only closed to further delegation still speaks as the subject', async () => {
    const token = identity(identityBlock(), [{ checks: [exactCheck('agent:alice')] }])
    await expect(speaks(token)).resolves.toMatchObject({ identity: 'agent:alice', assertedBy: 'authority', depth: 1 })
    await expectRefused(speaksAs(token, 'agent:alice:helper'), { code: 'wrong_subject', block: 1 })
  })
})
