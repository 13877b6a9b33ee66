import { createServer } from 'node:http'
import { attenuate, createVerifier, generateKeyPair } from '@writ/core'
import { createApp } from 'billing'
import { type Listening, listen, send } from 'service-kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from '../src/index.ts'

const keys = await generateKeyPair()
const authority = await createAuthority({ keys })
const refusal = (act: Promise<unknown>) => act.catch(({ step, code, label }) => ({ step, code, label }))

let billing: Listening
beforeAll(async () => {
  billing = await listen(createServer(createApp({ keys: keys.publicKey })))
})
afterAll(() => billing.close())

/** A right to read invoices, as the authority mints it for a system of a tenant. */
const readOf = (subject: string, designations = {}) =>
  authority.mint({ subject, target: 'invoices', operation: 'read', designations })

describe('a new tenant', () => {
  it('a tenant that is founded while everything runs gets a token and its first answer, and nothing is changed for it', async () => {
    for (const tenantId of ['initech', `founded-${crypto.randomUUID()}`]) {
      const { capability: token, designations } = await readOf(`tenant:${tenantId}`)
      expect(designations).toEqual({ tenantId })
      expect(await send(billing.url, 'GET', `/${tenantId}/invoices`, { token })).toMatchObject({
        status: 200,
        body: { invoices: [] },
      })
      expect(await send(billing.url, 'GET', '/acme/invoices', { token })).toMatchObject({
        status: 403,
        body: { code: 'wrong_designation' },
      })
    }
  })

  it('a new partner of it needs nothing either', async () => {
    const designations = { tenantId: 'initech', orderId: 'o-1' }
    const subject = 'partner:hooli'
    const minted = await authority.mint({ subject, target: 'orders', operation: 'read', designations })
    expect(minted).toMatchObject({ anchor: 'service:gateway', designations })
  })
})

describe('the namespace of a tenant', () => {
  it.each(['tenant:acme', 'tenant:acme:export', 'tenant:acme:tenant:globex'])(
    '%s names objects of acme, and is refused for those of globex',
    async (subject) => {
      expect((await readOf(subject)).designations).toEqual({ tenantId: 'acme' })
      expect((await readOf(subject, { tenantId: 'acme', invoiceId: '7' })).designations).toEqual({
        tenantId: 'acme',
        invoiceId: '7',
      })
      expect(await refusal(readOf(subject, { tenantId: 'globex' }))).toEqual({
        step: 'designations',
        code: 'conflicting_designation',
        label: 'tenantId',
      })
    },
  )

  it.each(['tenant', 'tenant:', 'tenant::acme', 'tenants:acme'])('%j is nobody and gets nothing', async (subject) => {
    for (const designations of [{}, { tenantId: 'acme' }]) {
      const refused = await refusal(readOf(subject, designations))
      expect(refused).toMatchObject({ code: subject === 'tenant' ? 'resolver_failed' : 'unknown_subject' })
    }
  })

  it.each(['__proto__', 'constructor', 'toString'])('a tenant called %s is one like any other', async (tenantId) => {
    expect((await readOf(`tenant:${tenantId}`)).designations).toEqual({ tenantId })
  })

  it('a service that may name every tenant names none where the authority must', async () => {
    const subject = 'service:orders'
    const { capability } = await authority.mint({ subject, target: 'invoices', operation: 'write' })
    const designations = { tenantId: 'acme', orderId: 'o-1', sku: 'tea' }
    const token = await attenuate(capability, keys.publicKey, { designations })
    const request = { resource: 'invoices', operation: 'write', designations }
    const verifierFor = (designatedBy: 'anyone' | 'authority') =>
      createVerifier({ keys: keys.publicKey, anchor: 'service:billing', designatedBy })
    expect(await verifierFor('anyone').verify(token, request)).toMatchObject({ subject })
    await expect(verifierFor('authority').verify(token, request)).rejects.toMatchObject({ code: 'undesignated' })
  })
})
