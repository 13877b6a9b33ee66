import { describe, expect, it } from 'vitest'
import {
  activationCheck,
  capabilityBlock,
  checkIf,
  fact,
  pred,
  query,
  trusting,
  variable,
} from '../support/forge/datalog.ts'
import { appendBlock } from '../support/forge/forge.ts'
import type { BlockSpec, Check, Predicate } from '../support/forge/model.ts'
import { activator, gateway, mallory } from '../support/keys.ts'
import { capability, expectRefused, READ_ACME, READ_INVOICES, verify } from '../support/verify.ts'

const x = variable('x')
const acme = pred('designation', 'tenantId', 'acme')
const globex = pred('designation', 'tenantId', 'globex')
const key = { key: gateway.publicKey }

/** A broad capability with one more block by its holder. */
function narrowed(block: BlockSpec | Check): string {
  return capability(capabilityBlock(), ['queries' in block ? { checks: [block] } : block])
}

describe('`designatedBy` says who must have named the object', () => {
  const byAuthority = capability(capabilityBlock({ designations: { tenantId: 'acme' } }))
  const byHolder = narrowed(checkIf(acme))
  const byGateway = appendBlock(capability(), { checks: [checkIf(acme)] }, { externalKey: gateway.privateKey })

  it.each([
    ['anyone', 'the authority', 'anyone', byAuthority],
    ['anyone', 'a holder', 'anyone', byHolder],
    ['anyone', 'the gateway', 'anyone', byGateway],
    ['the authority', 'the authority', 'authority', byAuthority],
    ['the gateway', 'the gateway', { publicKey: gateway.publicKey }, byGateway],
  ] as const)('`designatedBy` %s accepts what %s designated', async (_who, _by, designatedBy, token) => {
    await expect(verify(token, READ_ACME, { designatedBy })).resolves.toBeDefined()
  })

  it.each([
    ['the authority', 'a holder', 'authority', byHolder],
    ['the authority', 'the gateway', 'authority', byGateway],
    ['the gateway', 'the authority', { publicKey: gateway.publicKey }, byAuthority],
    ['the gateway', 'a holder', { publicKey: gateway.publicKey }, byHolder],
  ] as const)('`designatedBy` %s refuses what %s designated', async (_who, _by, designatedBy, token) => {
    await expectRefused(verify(token, READ_ACME, { designatedBy }), { code: 'undesignated' })
  })
})

describe('an attested check', () => {
  const attestedTenant: Check = { queries: [trusting(query(acme), key)] }
  const authority = capabilityBlock({ checks: [attestedTenant] })
  const word = (...facts: Predicate[]): BlockSpec => ({ facts, signing: { external: gateway.privateKey } })

  it('an attested check is not met by what the caller asked for', async () => {
    await expectRefused(verify(capability(authority), READ_ACME), {
      code: 'missing_designation',
      label: 'tenantId',
      expected: 'acme',
      block: 0,
      check: 2,
    })
  })

  it('an attested check is met by the holder of its key', async () => {
    await expect(verify(capability(authority, [word(acme)]))).resolves.toBeDefined()
    await expectRefused(verify(capability(authority, [word(globex)])), { code: 'missing_designation' })
  })

  it('an attested check is not met by another key, and not by the request alone', async () => {
    await expectRefused(verify(capability(authority, [{ facts: [acme] }])), { code: 'missing_designation' })
    const forged = { facts: [acme], signing: { external: mallory.privateKey } }
    await expectRefused(verify(capability(authority, [forged])), { code: 'missing_designation' })
  })

  it('an attested check must be about the requested object', async () => {
    const request = { ...READ_INVOICES, designations: { tenantId: 'globex' }, allowUndesignated: true }
    await expectRefused(verify(capability(authority, [word(acme)]), request), {
      code: 'wrong_designation',
      label: 'tenantId',
      expected: 'acme',
      actual: 'globex',
    })
    await expect(
      verify(capability(authority, [word(acme)]), { ...READ_ACME, allowUndesignated: true }),
    ).resolves.toBeDefined()
  })

  it.each<[string, Predicate]>([
    ['the value', pred('designation', 'tenantId', x)],
    ['the label', pred('designation', x, 'acme')],
  ])('an attested check with a variable for %s binds no object', async (_name, predicate) => {
    const open = capabilityBlock({ checks: [{ queries: [trusting(query(predicate), key)] }] })
    const request = { ...READ_INVOICES, designations: { tenantId: 'globex' }, allowUndesignated: true }
    await expectRefused(verify(capability(open, [word(acme)]), request), { code: 'wrong_designation' })
  })

  it('an attested check of the anchor must name this service', async () => {
    const anchored = (service: string) => pred('designation', 'anchor', service)
    const base = capabilityBlock({ checks: [{ queries: [trusting(query(anchored('service:orders')), key)] }] })
    const token = capability(base, [
      word(anchored('service:orders')),
      { checks: [checkIf(anchored('service:billing'))] },
    ])
    await expectRefused(verify(token, READ_INVOICES, { anchor: 'service:billing' }), {
      code: 'wrong_anchor',
      label: 'anchor',
      expected: 'service:orders',
      actual: 'service:billing',
      block: 0,
    })
    const there = capability(base, [word(anchored('service:orders'))])
    await expect(verify(there, READ_INVOICES, { anchor: 'service:orders' })).resolves.toBeDefined()
  })

  it('a check that names a key in the scope of its block is an attested check', async () => {
    const block: BlockSpec = { scope: [key], checks: [checkIf(acme)] }
    await expectRefused(verify(narrowed(block), READ_ACME), { code: 'missing_designation' })
  })

  it.each<[string, string, Predicate, object, object]>([
    ['the namespace of the service', 'check_failed', pred('namespace', 'billing'), { namespace: 'billing' }, {}],
    ['the subject of the request', 'wrong_subject', pred('subject', 'alice'), {}, { subject: 'alice' }],
  ])(
    'an attested check is not met by %s, because it asks for a signature',
    async (_name, code, predicate, options, request) => {
      const asking = capabilityBlock({ checks: [{ queries: [trusting(query(predicate), key)] }] })
      await expectRefused(verify(capability(asking)), { code })
      await expectRefused(verify(capability(asking), { ...READ_INVOICES, ...request }, options), { code })
      const signed = capability(asking, [word(predicate)])
      await expect(verify(signed, { ...READ_INVOICES, ...request }, options)).resolves.toBeDefined()
    },
  )

  it('an attested check of activation waits for its activator, whatever the request says', async () => {
    const latent = capabilityBlock({ checks: [activationCheck(activator.publicKey)] })
    await expectRefused(verify(capability(latent)), { code: 'not_activated' })
    await expectRefused(verify(capability(latent, [{ facts: [fact('activation', 1)] }])), { code: 'not_activated' })
    const request = { ...READ_INVOICES, designations: { activation: '1' }, allowUndesignated: true }
    await expectRefused(verify(capability(latent), request), { code: 'not_activated' })
    const activated = appendBlock(
      capability(latent),
      { facts: [fact('activation', 1)] },
      { externalKey: activator.privateKey },
    )
    await expect(verify(activated)).resolves.toBeDefined()
  })
})
