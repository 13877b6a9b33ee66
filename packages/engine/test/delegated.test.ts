import { delegateIdentity } from '@writ/core'
import { describe, expect, test } from 'vitest'
import { parsePolicy } from '../src/index.ts'
import { engineOf, keys, NOW, refusalOf } from './support/policies.ts'

const object = (id: string, targets: readonly string[], more = '') =>
  `[[objects]]\nid = "${id}"\n${more}capabilities = [${targets.map((target) => `{ target = "${target}", operations = ["read"] }`).join(', ')}]\n`
const POLICY =
  object('agent:alice', ['crm', 'mail'], 'can_delegate = true\nidentity = { ttl = 3600, delegatable = true }\n') +
  object('agent:alice:helper', ['crm', 'gold'], 'subordinates = "inherit"\n') +
  object('agent:alice:clerk', []) +
  object('agent:alice:clerk:deep', ['crm'])
// Strict policies demand a parent of these names already, but not that it is who delegates.
const engine = engineOf('', { policy: parsePolicy(POLICY, { compat: 'hessra' }) })
const now = () => NOW

const alice = await engine.mintIdentity({ subject: 'agent:alice' })
const delegate = (token: string, identity: string) => delegateIdentity(token, keys.publicKey, { identity, now })
const read = (identity: string, target: string) => engine.mint({ identity, target, operation: 'read' })

describe('what is delegated offline', () => {
  test('is what the delegate and all who have delegated hold', async () => {
    const helper = await delegate(alice, 'agent:alice:helper')
    expect(await read(helper, 'crm')).toMatchObject({ subject: 'agent:alice:helper' })
    expect(await refusalOf(read(helper, 'mail'))).toMatchObject({ step: 'policy', code: 'not_granted' })
  })

  test('is never more than what the delegating party holds, whatever the policy grants to the name', async () => {
    const helper = await delegate(alice, 'agent:alice:helper')
    const error = await refusalOf(read(helper, 'gold'))
    expect([error.step, error.code, error.ancestor]).toEqual(['chain', 'ancestor_lacks_grant', 'agent:alice'])
    const own = await engine.mintIdentity({ subject: 'agent:alice:helper' })
    expect(await read(own, 'gold')).toMatchObject({ subject: 'agent:alice:helper' })
  })

  test('is nothing through a name that holds nothing', async () => {
    const clerk = await delegate(alice, 'agent:alice:clerk')
    const error = await refusalOf(read(await delegate(clerk, 'agent:alice:clerk:deep'), 'crm'))
    expect([error.code, error.ancestor]).toEqual(['ancestor_lacks_grant', 'agent:alice:clerk'])
    expect(await read(await delegate(alice, 'agent:alice:clerk:deep'), 'crm')).toMatchObject({ target: 'crm' })
  })

  test('is decided alike where the name was proven elsewhere', async () => {
    const ask = (delegatedBy?: readonly string[]) =>
      engine.mint({ subject: 'agent:alice:helper', delegatedBy, target: 'gold', operation: 'read' })
    expect(await ask()).toMatchObject({ target: 'gold' })
    expect((await refusalOf(ask(['agent:alice']))).code).toBe('ancestor_lacks_grant')
    expect((await refusalOf(ask(['agent:mallory']))).code).toBe('ancestor_lacks_grant')
  })

  test.each([
    [{ subject: 'agent:alice', delegatedBy: 'agent' }, 'delegatedBy: must be an array of strings'],
    [{ subject: 'agent:alice', delegatedBy: [''] }, 'delegatedBy[0]: must be a string that is not empty'],
    [{ identity: alice, delegatedBy: [] }, 'delegatedBy: an identity says it itself'],
  ])('cannot be asked for as %j', async (asker, message) => {
    await expect(engine.mint({ ...asker, target: 'crm', operation: 'read' } as never)).rejects.toThrow(message)
  })
})
