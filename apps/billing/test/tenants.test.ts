import { createServer } from 'node:http'
import type { ClientError } from '@writ/client'
import { attenuate, createVerifier, inspect } from '@writ/core'
import { type RunningAuthority, startAuthority } from 'policy/testing'
import { type Listening, listen, send } from 'service-kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../src/create-app.ts'

let authority: RunningAuthority
let billing: Listening
beforeAll(async () => {
  authority = await startAuthority()
  billing = await listen(createServer(createApp({ keys: authority.publicKey })))
})
afterAll(async () => {
  await billing?.close()
  await authority?.close()
})

interface Right {
  readonly target: string
  readonly operation: string
  readonly designations?: Readonly<Record<string, string>>
}

/** Asks the authority as a subject does, and reads what it minted. */
async function mint(subject: string, right: Right) {
  const client = authority.clientOf(subject)
  try {
    const { capability: token } = await client.mint(right)
    const pairs = (await inspect(token)).designations.map(({ label, value }) => [label, value] as const)
    const { anchor, ...designations } = Object.fromEntries(pairs)
    return { token, anchor, designations }
  } finally {
    client.close()
  }
}

const readOf = (subject: string, designations = {}) =>
  mint(subject, { target: 'invoices', operation: 'read', designations })
const refusal = (act: Promise<unknown>) => act.catch(({ step, reason }: ClientError) => ({ step, reason }))

describe('a new tenant', () => {
  it('a tenant that is founded while everything runs gets a token and its first answer, and nothing is changed for it', async () => {
    for (const tenantId of ['initech', `founded-${crypto.randomUUID()}`]) {
      const { token, designations } = await readOf(`tenant:${tenantId}`)
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
    const minted = await mint('partner:hooli', { target: 'orders', operation: 'read', designations })
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
        reason: 'conflicting_designation',
      })
    },
  )

  it.each(['tenant', 'tenant:', 'tenant::acme', 'tenants:acme'])('%j is nobody and gets nothing', async (subject) => {
    for (const designations of [{}, { tenantId: 'acme' }]) {
      const refused = subject === 'tenant' ? { reason: 'resolver_failed' } : { code: 'unauthenticated' }
      await expect(readOf(subject, designations)).rejects.toMatchObject(refused)
    }
  })

  it.each(['__proto__', 'constructor', 'toString'])('a tenant called %s is one like any other', async (tenantId) => {
    expect((await readOf(`tenant:${tenantId}`)).designations).toEqual({ tenantId })
  })

  it('a service that may name every tenant names none where the authority must', async () => {
    const subject = 'service:orders'
    const { token: broad } = await mint(subject, { target: 'invoices', operation: 'write' })
    const designations = { tenantId: 'acme', orderId: 'o-1', sku: 'tea' }
    const token = await attenuate(broad, authority.publicKey, { designations })
    const request = { resource: 'invoices', operation: 'write', designations }
    const verifierFor = (designatedBy: 'anyone' | 'authority') =>
      createVerifier({ keys: authority.publicKey, anchor: 'service:billing', designatedBy })
    expect(await verifierFor('anyone').verify(token, request)).toMatchObject({ subject })
    await expect(verifierFor('authority').verify(token, request)).rejects.toMatchObject({ code: 'undesignated' })
  })
})
