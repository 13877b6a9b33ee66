import { createVerifier, inspect } from '@writ/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ClientOptions, createClient } from '../src/index.ts'
import { refusal } from './support/refusal.ts'
import { type Authority, answering, POLICY, START, startAuthority } from './support/start-authority.ts'

const ORDERS = { target: 'orders', operation: 'read' }
const INVOICES = { target: 'invoices', operation: 'read' }
let authority: Authority

beforeEach(async () => {
  authority = await startAuthority()
})

afterEach(() => authority.close())

async function client(options: Partial<ClientOptions> = {}) {
  const { url, keys, now } = authority
  return createClient({ url, keys: keys.publicKey, identity: await authority.identity(), now, ...options })
}

it('a capability is one that a verifier accepts', async () => {
  const { capabilityFor } = await client()
  const token = await capabilityFor({ ...INVOICES, designations: { tenantId: 'acme' }, anchor: 'service:billing' })
  const verifier = createVerifier({ keys: authority.keys.publicKey, anchor: 'service:billing', now: authority.now })
  const request = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
  expect(await verifier.verify(token, request)).toMatchObject({ subject: 'service:gateway' })
})

it('a thousand who ask for one capability at once send one request', async () => {
  const { capabilityFor } = await client()
  const tokens = await Promise.all(Array.from({ length: 1000 }, () => capabilityFor(ORDERS)))
  expect(new Set(tokens).size).toBe(1)
  expect(authority.batches()).toEqual([[ORDERS]])
  expect(await capabilityFor(ORDERS)).toBe(tokens[0])
  expect(authority.batches()).toHaveLength(1)
})

it('what is asked for in one tick goes in one request, at most fifty at a time', async () => {
  const { capabilityFor } = await client()
  const invoiceIds = Array.from({ length: 120 }, (_, index) => String(index))
  const tokens = await Promise.all(
    invoiceIds.map((invoiceId) => capabilityFor({ ...INVOICES, designations: { invoiceId } })),
  )
  expect(authority.batches().map((batch) => batch.length)).toEqual([50, 50, 20])
  const named = await Promise.all(tokens.map(async (token) => (await inspect(token)).designations[0]?.value))
  expect(named).toEqual(invoiceIds)
})

it('one request of a batch that is refused leaves the others as they are', async () => {
  const { capabilityFor } = await client()
  const [good, refused] = await Promise.allSettled([
    capabilityFor(ORDERS),
    capabilityFor({ ...ORDERS, operation: 'pay' }),
  ])
  expect(good.status).toBe('fulfilled')
  expect(refused).toMatchObject({ reason: { code: 'refused', step: 'policy', reason: 'not_granted' } })
  expect(authority.batches()).toHaveLength(1)
})

it('the order of designations is no part of the key, and everything else is', async () => {
  const { capabilityFor } = await client()
  const base = { ...INVOICES, designations: { tenantId: 'acme', invoiceId: '7' }, anchor: 'service:billing' }
  const first = await capabilityFor(base)
  expect(await capabilityFor({ ...base, designations: { invoiceId: '7', tenantId: 'acme' } })).toBe(first)
  const others = [
    { ...base, designations: { tenantId: 'globex', invoiceId: '7' } },
    { ...base, designations: { tenantId: 'acme' } },
    { ...base, designations: { tenantId: 'acme","invoiceId":"7' } },
    { ...base, anchor: 'service:archive' },
    { ...base, expiresIn: 30 },
  ]
  const tokens = await Promise.all(others.map((other) => capabilityFor(other)))
  expect(new Set([first, ...tokens]).size).toBe(others.length + 1)
})

it('refuses a designation without a value, because the capability would be for every object', async () => {
  const { capabilityFor, fetch } = await client()
  const wide = { ...INVOICES, designations: { tenantId: undefined as unknown as string } }
  await expect(capabilityFor(wide)).rejects.toThrow(/^request\.designations\.tenantId: must be a text/)
  await expect(fetch(authority.url, { capability: wide })).rejects.toThrow(
    /^request\.designations\.tenantId: must be a text/,
  )
  expect(authority.heard).toEqual([])
})

it.each([
  [null, /^request: must be an object/],
  [{ ...ORDERS, designation: { tenantId: 'acme' } }, /^request\.designation: unknown/],
  [
    { ...ORDERS, designations: Promise.resolve({ tenantId: 'acme' }) },
    /^request\.designations: must be a plain object/,
  ],
  [{ ...ORDERS, designations: new Map([['tenantId', 'acme']]) }, /^request\.designations: must be a plain object/],
  [{ ...ORDERS, target: '' }, /^request\.target: must be a text/],
  [{ ...ORDERS, operation: '\ud800' }, /^request\.operation: must be well-formed/],
  [{ ...ORDERS, anchor: null }, /^request\.anchor: must be a text/],
  [{ ...ORDERS, expiresIn: 0 }, /^request\.expiresIn: must be/],
  [{ ...ORDERS, context: '' }, /^request\.context: must be/],
])('a request of another form is a TypeError and is not sent: %#', async (request, message) => {
  const { capabilityFor } = await client()
  const refused = capabilityFor(request as never)
  await expect(refused).rejects.toThrow(TypeError)
  await expect(refused).rejects.toThrow(message)
  expect(authority.heard).toEqual([])
})

it('a refusal is remembered for less than a second, and then the authority is asked again', async () => {
  const { capabilityFor } = await client()
  const ask = () => refusal(capabilityFor({ ...ORDERS, operation: 'pay' }))
  await ask()
  authority.clock.now += 0.9
  expect(await ask()).toMatchObject({ code: 'refused', step: 'policy', reason: 'not_granted' })
  expect(authority.batches()).toHaveLength(1)
  authority.setPolicy(POLICY.replaceAll('["read"]', '["read", "pay"]'))
  authority.clock.now += 0.1
  expect(await capabilityFor({ ...ORDERS, operation: 'pay' })).toEqual(expect.any(String))
})

it('a clock that is set back does not lengthen a refusal', async () => {
  const { capabilityFor } = await client()
  await refusal(capabilityFor({ ...ORDERS, operation: 'pay' }))
  authority.clock.now -= 3600
  await refusal(capabilityFor({ ...ORDERS, operation: 'pay' }))
  expect(authority.batches()).toHaveLength(2)
})

it('a capability with less life than asked for is not handed out', async () => {
  const { capabilityFor } = await client({ minimumLife: '60s' })
  // Nothing answers renewals, so that the old one stays as long as it may.
  const first = await capabilityFor({ ...ORDERS, expiresIn: 100 })
  authority.answerWith(answering(429, {}), { times: 1 })
  authority.clock.now += 40
  expect(await capabilityFor({ ...ORDERS, expiresIn: 100 })).toBe(first)
  authority.clock.now += 1
  expect(await capabilityFor({ ...ORDERS, expiresIn: 100 }).catch(() => 'asked')).not.toBe(first)
})

it('a capability is renewed ahead of its end, and nobody waits for that', async () => {
  const { capabilityFor } = await client()
  const first = await capabilityFor({ ...ORDERS, expiresIn: 100 })
  authority.clock.now = START + 74
  await capabilityFor({ ...ORDERS, expiresIn: 100 })
  expect(authority.batches()).toHaveLength(1)
  const renewed = new Promise<void>((resolve) => {
    authority.answerWith(async (response, { authorization }) => {
      const { engine } = authority
      const identity = authorization?.slice('Bearer '.length) ?? ''
      const capability = await engine().mint({ ...ORDERS, expiresIn: 100, identity })
      answering(200, { results: [capability] })(response, undefined as never)
      response.on('close', resolve)
    })
  })
  authority.clock.now = START + 85
  expect(await Promise.all([1, 2, 3].map(() => capabilityFor({ ...ORDERS, expiresIn: 100 })))).toEqual([
    first,
    first,
    first,
  ])
  await renewed
  await expect.poll(() => capabilityFor({ ...ORDERS, expiresIn: 100 })).not.toBe(first)
  expect(authority.batches()).toHaveLength(2)
})

it('a capability that the policy does not permit any more is not used to its end', async () => {
  const { capabilityFor } = await client()
  await capabilityFor({ ...ORDERS, expiresIn: 100 })
  authority.setPolicy(POLICY.replaceAll('"orders"', '"returns"'))
  authority.clock.now = START + 85
  await capabilityFor({ ...ORDERS, expiresIn: 100 })
  const ask = () => capabilityFor({ ...ORDERS, expiresIn: 100 }).catch((error: { code: string }) => error.code)
  await expect.poll(ask).toBe('refused')
})

it('a capability stays in use while renewals fail, and they are not tried at every use', async () => {
  const { capabilityFor } = await client()
  const first = await capabilityFor({ ...ORDERS, expiresIn: 100 })
  authority.answerWith(answering(429, {}), { times: 100 })
  authority.clock.now = START + 85
  for (let use = 0; use < 20; use += 1) expect(await capabilityFor({ ...ORDERS, expiresIn: 100 })).toBe(first)
  await expect.poll(() => authority.batches().length).toBe(2)
  for (let use = 0; use < 20; use += 1) expect(await capabilityFor({ ...ORDERS, expiresIn: 100 })).toBe(first)
  expect(authority.batches()).toHaveLength(2)
})

it('each one who asks for a single use gets one of its own', async () => {
  const { capabilityFor } = await client()
  const vouchers = { target: 'vouchers', operation: 'use' }
  const tokens = await Promise.all(Array.from({ length: 5 }, () => capabilityFor(vouchers)))
  expect(new Set([...tokens, await capabilityFor(vouchers)]).size).toBe(6)
})

it('a capability of a session is minted each time, and mint tells the context to go on with', async () => {
  const { capabilityFor, mint } = await client()
  const context = await authority.engine().mintContext({ subject: 'service:gateway' })
  expect(await capabilityFor({ ...ORDERS, context })).not.toBe(await capabilityFor({ ...ORDERS, context }))
  const minted = await mint({ ...ORDERS, context })
  expect(minted).toMatchObject({ subject: 'service:gateway', singleUse: false, expiresAt: START + 300 })
  expect((await inspect(minted.context ?? '')).kind).toBe('context')
})

it('no more capabilities are remembered than allowed', async () => {
  const { capabilityFor } = await client({ maxCapabilities: 2 })
  const ask = (invoiceId: string) => capabilityFor({ ...INVOICES, designations: { invoiceId } })
  const one = await ask('1')
  const two = await ask('2')
  expect(await ask('1')).toBe(one)
  await ask('3')
  expect(await ask('1')).toBe(one)
  expect(await ask('2')).not.toBe(two)
})

it('a closed client hands out nothing', async () => {
  const closing = await client()
  await closing.capabilityFor(ORDERS)
  closing.close()
  const acts = [closing.capabilityFor(ORDERS), closing.mint(ORDERS), closing.identity()]
  for (const act of acts) expect(await refusal(act)).toMatchObject({ code: 'closed' })
})
