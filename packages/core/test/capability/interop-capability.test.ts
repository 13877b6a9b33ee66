import { describe, expect, it } from 'vitest'
import { activate, attenuate, attest, completeUse, mintCapability, type VerifierOptions } from '../../src/index.ts'
import { activator, activatorP256, gateway, gatewayP256, mallory, root, rootP256 } from '../support/keys.ts'
import { acceptedByReference, mintByReference, type ReferenceBlock, type Statement } from '../support/oracle/hessra.ts'
import { expectRefused, NOW, READ_ACME, READ_INVOICES, verify } from '../support/verify.ts'

const CURVES = [
  { curve: 'Ed25519', authority: root, other: gateway, wakes: activator },
  { curve: 'P-256', authority: rootP256, other: gatewayP256, wakes: activatorP256 },
]

const END = NOW + 300
const RIGHT = { subject: 'alice', resource: 'invoices', operation: 'read' }

/** The authority block that v1 and v2 share, statement for statement. */
const plain: readonly Statement[] = [
  ['right({subject}, {resource}, {operation})', RIGHT],
  ['check if resource($res), operation($op), right($sub, $res, $op)'],
  ['check if time($time), $time < {expiration}', { expiration: END }],
]
const designation = (label: string, value: string): Statement => [
  'check if designation({label}, {value})',
  { label, value },
]
const trusting = (label: string, value: string, key: string): Statement => [
  'check if designation({label}, {value}) trusting {key}',
  { label, value },
  key,
]
const states = (label: string, value: string): Statement => ['designation({label}, {value})', { label, value }]
const activation: Statement = ['activation({now})', { now: NOW }]
const shorter: Statement = ['check if time($t), $t < {expiration}', { expiration: NOW + 60 }]

/** The verifier of the Hessra open core, whose facts these are. */
function asks(designations: Readonly<Record<string, string>> = {}, now = NOW): readonly Statement[] {
  return [
    ['time({now})', { now }],
    ['resource({resource})', { resource: 'invoices' }],
    ['operation({operation})', { operation: 'read' }],
    ...Object.entries(designations).map(([label, value]) => states(label, value)),
  ]
}

describe.each(CURVES)('a capability that another implementation has made, on $curve', ({ authority, other, wakes }) => {
  const keys = authority.publicKey
  const mint = (more: readonly Statement[], blocks: readonly ReferenceBlock[] = []) =>
    mintByReference(authority.privateKey, [...plain, ...more], blocks)
  const read = (token: string, request = READ_INVOICES, options: Partial<VerifierOptions> = {}) =>
    verify(token, request, { keys, ...options })

  it('a plain capability of another implementation is read', async () => {
    await expect(read(mint([]))).resolves.toMatchObject({ ...RIGHT, expiresAt: END })
  })

  it('designations and an anchor are read from the authority block and from a block of the holder', async () => {
    const anchored = [designation('tenantId', 'acme'), designation('anchor', 'service:billing')]
    for (const token of [mint(anchored), mint([], [{ statements: [...anchored, shorter] }])]) {
      const capability = await read(token, READ_ACME, { anchor: 'service:billing' })
      expect(capability.designations).toEqual({ tenantId: 'acme' })
      await expectRefused(read(token, READ_ACME, { anchor: 'service:orders' }), { code: 'wrong_anchor' })
    }
  })

  it('a designation that an attester has stated is read', async () => {
    const demand = [trusting('region', 'eu', other.publicKey)]
    const attested = mint(demand, [{ statements: [states('region', 'eu')], signer: other.privateKey }])
    await expect(read(attested)).resolves.toMatchObject(RIGHT)
    await expectRefused(read(mint(demand)), { code: 'missing_designation' })
    const byMallory = mint(demand, [{ statements: [states('region', 'eu')], signer: mallory.privateKey }])
    await expectRefused(read(byMallory), { code: 'missing_designation' })
  })

  it('an activated and completed capability of another implementation is read', async () => {
    const latent: Statement = ['check if activation($a) trusting {key}', {}, wakes.publicKey]
    const blocks: ReferenceBlock[] = [
      { statements: [designation('tenantId', 'acme')] },
      { statements: [activation, shorter, trusting('facet', 'one', wakes.publicKey)], signer: wakes.privateKey },
      { statements: [states('facet', 'one')], signer: wakes.privateKey },
    ]
    const at = (count: number) => read(mint([latent], blocks.slice(0, count)), READ_ACME)
    await expectRefused(at(1), { code: 'not_activated' })
    await expectRefused(at(2), { code: 'already_used' })
    await expect(at(3)).resolves.toMatchObject({ expiresAt: NOW + 60 })
  })

  it('a capability of v1 with a namespace is read by a verifier of that namespace', async () => {
    const token = mint([['check if namespace({ns})', { ns: 'billing' }]])
    await expect(read(token, READ_INVOICES, { namespace: 'billing' })).resolves.toMatchObject(RIGHT)
    await expectRefused(read(token), { code: 'check_failed' })
    await expectRefused(read(token, READ_INVOICES, { namespace: 'orders' }), { code: 'check_failed' })
  })

  it('a legacy capability is read where the subject is pinned', async () => {
    const token = mintByReference(authority.privateKey, [
      plain[0] as Statement,
      ['check if subject($sub), resource($res), operation($op), right($sub, $res, $op)'],
      plain[2] as Statement,
    ])
    await expect(read(token, { ...READ_INVOICES, subject: 'alice' })).resolves.toMatchObject(RIGHT)
    await expectRefused(read(token), { code: 'wrong_subject' })
  })

  it('forms of capabilities that are not supported are refused', async () => {
    const chain = mint([
      ['node($s, {component}) <- service($s) trusting {key}', { component: 'edge' }, other.publicKey],
    ])
    await expectRefused(read(chain), { code: 'unsupported_block' })
    const stub = [['check if prefix_added(true) trusting {key}', {}, other.publicKey] satisfies Statement]
    const added: Statement[] = [['check if prefix({prefix})', { prefix: 'a' }], ['prefix_added(true)']]
    await expectRefused(read(mint(stub)), { code: 'check_failed' })
    await expectRefused(read(mint(stub, [{ statements: added, signer: other.privateKey }])), { code: 'check_failed' })
    await expectRefused(read(mint([['check if domain({d})', { d: 'acme' }]])), { code: 'check_failed' })
  })
})

describe.each(CURVES)(
  'a capability of ours satisfies another implementation, on $curve',
  ({ authority, other, wakes }) => {
    const now = () => NOW
    const accepts = (token: string, facts: readonly Statement[]) =>
      acceptedByReference(token, authority.publicKey, facts)
    const mint = (more: object = {}) => mintCapability({ ...RIGHT, now, ...more }, authority.privateKey)

    it('our designations and anchor satisfy another implementation', async () => {
      const narrow = { designations: { tenantId: 'acme' }, anchor: 'service:billing' }
      const narrowed = await attenuate(await mint(), authority.publicKey, { ...narrow, expiresIn: 60, now })
      for (const token of [await mint(narrow), narrowed]) {
        expect(accepts(token, asks({ tenantId: 'acme', anchor: 'service:billing' }))).toBe(true)
        expect(accepts(token, asks({ tenantId: 'acme', anchor: 'service:orders' }))).toBe(false)
        expect(accepts(token, asks({ tenantId: 'globex', anchor: 'service:billing' }))).toBe(false)
      }
      expect(accepts(narrowed, asks({ tenantId: 'acme', anchor: 'service:billing' }, NOW + 60))).toBe(false)
    })

    it('our attested designations satisfy another implementation, from mint and from a holder', async () => {
      const attested = { region: { value: 'eu', by: other.publicKey } }
      const later = await attenuate(await mint(), authority.publicKey, { attested })
      for (const token of [await mint({ attested }), later]) {
        expect(accepts(token, asks())).toBe(false)
        const stated = await attest(
          token,
          { keys: authority.publicKey, privateKey: other.privateKey },
          { designations: { region: 'eu' } },
        )
        expect(accepts(stated, asks())).toBe(true)
      }
    })

    it('our latent capability satisfies another implementation at each step of its life', async () => {
      const key = authority.publicKey
      const latent = await mint({ activator: wakes.publicKey, anchor: 'service:billing' })
      const narrow = await attenuate(latent, key, { designations: { tenantId: 'acme' } })
      const active = await activate(
        narrow,
        { keys: key, privateKey: wakes.privateKey },
        { expiresIn: 60, facet: 'one', now },
      )
      const complete = await completeUse(active, { keys: key, privateKey: wakes.privateKey }, { facet: 'one' })
      const facts = asks({ tenantId: 'acme', anchor: 'service:billing' })
      expect([latent, narrow, active, complete].map((token) => accepts(token, facts))).toEqual([
        false,
        false,
        false,
        true,
      ])
    })
  },
)
