import { describe, expect, it } from 'vitest'
import {
  attenuate,
  attest,
  delegateIdentity,
  inspect,
  mintCapability,
  mintIdentity,
  revocationIds,
  seal,
} from '../src/index.ts'
import { capabilityBlock, checkIf, fact, pred, variable } from './support/forge/datalog.ts'
import { gateway, mallory, root } from './support/keys.ts'
import { capability, NOW } from './support/verify.ts'

const now = () => NOW

async function narrowed(): Promise<string> {
  const attested = { region: { value: 'eu', by: gateway.publicKey } }
  const right = { subject: 'alice', resource: 'invoices', operation: 'read', rootKeyId: 7, now }
  const token = await mintCapability({ ...right, designations: { tenantId: 'acme' }, attested }, root.privateKey)
  const narrow = await attenuate(token, root.publicKey, { anchor: 'service:billing', expiresIn: 60, now })
  return attest(narrow, { keys: root.publicKey, privateKey: gateway.privateKey }, { designations: { region: 'eu' } })
}

describe('inspect', () => {
  it('inspect tells what a token says, block by block, and who attested it', async () => {
    const token = await narrowed()
    expect(await inspect(token, root.publicKey)).toEqual({
      verified: true,
      kind: 'capability',
      subject: 'alice',
      resource: 'invoices',
      operation: 'read',
      designations: [
        { block: 0, label: 'tenantId', value: 'acme', attested: false },
        { block: 0, label: 'region', value: 'eu', attested: true },
        { block: 1, label: 'anchor', value: 'service:billing', attested: false },
      ],
      awaited: [],
      demands: [
        { block: 0, demand: 'the request asks for what the token grants' },
        { block: 0, demand: 'the time is before 2030-03-17T17:51:40Z' },
        { block: 0, demand: 'tenantId is "acme"' },
        { block: 0, demand: `region is "eu", and the holder of ${gateway.publicKey} has said so` },
        { block: 1, demand: 'it is used at "service:billing"' },
        { block: 1, demand: 'the time is before 2030-03-17T17:47:40Z' },
      ],
      attesters: [{ block: 2, publicKey: gateway.publicKey }],
      serviceChain: [],
      depth: 0,
      expiresAt: NOW + 60,
      revocationIds: revocationIds(token),
      rootKeyId: 7,
      blocks: 3,
      sealed: false,
    })
    expect(await inspect(await seal(token, root.publicKey), root.publicKey)).toMatchObject({ sealed: true })
  })

  it('inspect says the same without keys, as unverified, and refuses the token under another key', async () => {
    const token = await narrowed()
    const proven = await inspect(token, root.publicKey)
    expect(await inspect(token)).toEqual({ ...proven, verified: false })
    await expect(inspect(token, mallory.publicKey)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('inspect tells whose word a token waits for, until it is there', async () => {
    const attested = { region: { value: 'eu', by: gateway.publicKey } }
    const right = { subject: 'alice', resource: 'invoices', operation: 'read', now }
    const token = await mintCapability({ ...right, designations: { tenantId: 'acme' }, attested }, root.privateKey)
    const { awaited } = await inspect(token)
    expect(awaited).toEqual([{ block: 0, label: 'region', value: 'eu', by: gateway.publicKey }])
    const attestAs = ({ privateKey }: { privateKey: string }, region = 'eu') =>
      attest(token, { keys: root.publicKey, privateKey }, { designations: { region } })
    expect((await inspect(await attestAs(gateway))).awaited).toEqual([])
    expect((await inspect(await attestAs(mallory))).awaited).toEqual(awaited)
  })

  it('inspect counts the delegations of an identity, not blocks that only shorten its life', async () => {
    const actor = (name: string) =>
      checkIf(pred('actor', variable('a')), [{ value: variable('a') }, { value: name }, { binary: 'equal' }])
    const { checks = [] } = capabilityBlock()
    const life = checks.slice(1, 2)
    const identity = capability({ facts: [fact('subject', 'agent:alice')], checks: [actor('agent:alice'), ...life] }, [
      { checks: [actor('agent:alice')] },
      { checks: life },
    ])
    const demands = [
      { block: 0, demand: 'its bearer speaks as "agent:alice"' },
      { block: 0, demand: 'the time is before 2033-05-18T03:33:20Z' },
      { block: 1, demand: 'its bearer speaks as "agent:alice"' },
      { block: 2, demand: 'the time is before 2033-05-18T03:33:20Z' },
    ]
    expect(await inspect(identity)).toMatchObject({
      kind: 'identity',
      subject: 'agent:alice',
      depth: 1,
      blocks: 3,
      demands,
    })
  })

  it('inspect says how many segments the name of an identity may have', async () => {
    const now = () => NOW
    const alice = await mintIdentity({ subject: 'agent:alice', delegatable: true, now }, root.privateKey)
    const helper = { identity: 'agent:alice:helper', maxDepth: 1, now }
    const { demands } = await inspect(await delegateIdentity(alice, root.publicKey, helper))
    expect(demands.map(({ demand }) => demand)).toContain('its bearer speaks as a name of at most 4 segments')
  })

  it('inspect tells when a token does not end, or has no kind', async () => {
    expect(await inspect(capability({ facts: [fact('context', 'alice')] }))).toMatchObject({
      kind: 'context',
      subject: 'alice',
      expiresAt: undefined,
    })
    expect(await inspect(capability({ facts: [] }))).toMatchObject({ kind: 'unknown', subject: undefined })
  })
})
