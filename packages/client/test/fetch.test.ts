import { inspect as print } from 'node:util'
import { inspect, revocationIds } from '@writ/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type CallInit, type ClientOptions, createClient } from '../src/index.ts'
import { refusal } from './support/refusal.ts'
import { type Authority, START, startAuthority } from './support/start-authority.ts'
import { type Service, startService } from './support/start-service.ts'

const ORDERS = { target: 'orders', operation: 'read', designations: { tenantId: 'acme' } }
let authority: Authority
let service: Service
let other: Service

beforeEach(async () => {
  authority = await startAuthority()
  service = await startService(authority)
  other = await startService(authority)
})

afterEach(async () => {
  await Promise.all([authority.close(), service.close(), other.close()])
})

async function client(options: Partial<ClientOptions> = {}) {
  const { url, keys, now } = authority
  return createClient({ url, keys: keys.publicKey, identity: await authority.identity(), now, ...options })
}

const acme = () => `${service.url}/acme/orders`

it('sends a copy that is good for the object of the call and for ten seconds, and asks the authority once', async () => {
  const { fetch } = await client()
  for (const tenantId of ['acme', 'globex', 'acme']) {
    const capability = { ...ORDERS, designations: { tenantId } }
    const response = await fetch(`${service.url}/${tenantId}/orders`, { capability })
    expect([response.status, await response.json()]).toEqual([200, { tenantId }])
  }
  expect(authority.batches()).toEqual([[{ target: 'orders', operation: 'read' }]])
  const sent = await inspect(service.tokens[1] ?? '')
  expect(sent).toMatchObject({ subject: 'service:gateway', expiresAt: START + 10, blocks: 2 })
  const bound = sent.designations.map(({ label, value }) => [label, value])
  expect(bound).toEqual([
    ['anchor', 'service:orders'],
    ['tenantId', 'globex'],
  ])
})

it('what was sent for one tenant is refused for another, and after its life', async () => {
  const { fetch } = await client()
  await fetch(acme(), { capability: { ...ORDERS, expiresIn: '30s' } })
  const headers = { authorization: `Bearer ${service.tokens[0]}` }
  expect((await globalThis.fetch(`${service.url}/globex/orders`, { headers })).status).toBe(403)
  expect((await globalThis.fetch(acme(), { headers })).status).toBe(200)
  authority.clock.now += 30
  const late = await globalThis.fetch(acme(), { headers })
  expect([late.status, await late.json()]).toMatchObject([403, { code: 'expired' }])
})

it('what the authority must name is part of the ask', async () => {
  const { fetch } = await client()
  const capability = {
    ...ORDERS,
    target: 'invoices',
    mintedFor: { tenantId: 'acme' },
    designations: { invoiceId: '7' },
  }
  await fetch(acme(), { capability })
  const { designations: _, ...right } = ORDERS
  expect(authority.batches()).toEqual([[{ ...right, target: 'invoices', designations: { tenantId: 'acme' } }]])
  const conflict = fetch(acme(), { capability: { ...capability, designations: { tenantId: 'globex' } } })
  await expect(conflict).rejects.toThrow(/^designations\.tenantId/)
})

it.each([301, 302, 303, 307, 308])('a redirect with %i is answered and not followed', async (status) => {
  const { fetch } = await client()
  const location = `${other.url}/acme/orders`
  service.answerWith((_, response) => response.writeHead(status, { location }).end())
  const response = await fetch(acme(), { capability: ORDERS, method: 'POST', body: 'x' })
  expect([response.status, response.headers.get('location')]).toEqual([status, location])
  expect(other.tokens).toEqual([])
})

it('with services, a capability goes to the origin of its anchor alone', async () => {
  const { fetch } = await client({ services: { 'service:orders': service.url } })
  const capability = { ...ORDERS, anchor: 'service:orders' }
  expect((await fetch(acme(), { capability })).status).toBe(200)
  const { port } = new URL(service.url)
  for (const url of [
    `${other.url}/acme/orders`,
    `http://localhost:${port}/acme/orders`,
    `https://127.0.0.1:${port}/acme/orders`,
    `http://127.0.0.1:${port}.mallory.example/`,
  ]) {
    await expect(fetch(url, { capability })).rejects.toThrow(/^input: /)
  }
  await expect(fetch(acme(), { capability: ORDERS })).rejects.toThrow(/^capability\.anchor: must be one of those/)
  const unknown = fetch(acme(), { capability: { ...ORDERS, anchor: 'constructor' } })
  await expect(unknown).rejects.toThrow(/^capability\.anchor: must be one of those/)
  expect([service.tokens.length, other.tokens.length]).toEqual([1, 0])
})

it.each<[string, Partial<CallInit> & { url?: string }, RegExp]>([
  ['a path alone', { url: '/acme/orders' }, /^input: must be a whole URL/],
  ['another scheme', { url: 'ftp://127.0.0.1/' }, /^input: must be https: or http:/],
  ['credentials in the URL', { url: 'http://alice:secret@127.0.0.1/' }, /^input: must not have credentials/],
  ['an authorization of its own', { headers: { Authorization: 'Bearer x' } }, /^headers: must not have authorization/],
  ['a redirect to follow', { redirect: 'follow' } as never, /^redirect: /],
  ['no capability', { capability: undefined as never }, /^capability: must be an object/],
  [
    'a misspelt designation',
    { capability: { ...ORDERS, designation: {} } as never },
    /^capability\.designation: unknown/,
  ],
  [
    'a life without end',
    { capability: { ...ORDERS, expiresIn: Number.POSITIVE_INFINITY } },
    /^capability\.expiresIn: /,
  ],
])('refuses %s before anything is sent', async (_, { url = acme(), ...init }, message) => {
  const { fetch } = await client()
  const refused = fetch(url, { capability: ORDERS, ...init })
  await expect(refused).rejects.toThrow(TypeError)
  await expect(refused).rejects.toThrow(message)
  expect([service.tokens, authority.heard]).toEqual([[], []])
})

it('a remembered capability that was revoked is replaced, and the call made once more', async () => {
  const { fetch, capabilityFor } = await client()
  const held = await capabilityFor({ target: 'orders', operation: 'read' })
  service.revocation.revoke(revocationIds(held)[0] ?? '')
  const calls = await Promise.all(
    [1, 2, 3].map(() => fetch(acme(), { capability: ORDERS, method: 'POST', body: JSON.stringify({ note: 1 }) })),
  )
  expect(calls.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(service.runs).toEqual(Array(3).fill('{"note":1}'))
  expect(authority.batches()).toHaveLength(2)
})

it('a fresh capability that is refused as revoked is not replaced', async () => {
  const { fetch } = await client()
  service.answerWith((_, response) => {
    response.writeHead(403, { 'content-type': 'application/problem+json' }).end('{"code":"revoked"}')
  })
  const response = await fetch(acme(), { capability: ORDERS })
  expect([response.status, await response.json()]).toEqual([403, { code: 'revoked' }])
  expect([service.tokens.length, authority.batches().length]).toEqual([1, 1])
  expect((await fetch(acme(), { capability: ORDERS })).status).toBe(403)
  expect([service.tokens.length, authority.batches().length]).toEqual([3, 2])
})

it.each([
  ['another object', 403, 'application/problem+json', '{"code":"wrong_designation"}'],
  ['another key', 403, 'application/problem+json', '{"code":"invalid_signature"}'],
  ['something of its own', 403, 'application/json', '{"code":"revoked"}'],
  ['a failure', 503, 'application/problem+json', '{"code":"revoked"}'],
  ['no JSON', 401, 'application/problem+json', '<html>'],
  ['a list', 401, 'application/problem+json', '[]'],
  ['a long answer', 401, 'application/problem+json', `{"code":"revoked","x":"${'x'.repeat(20_000)}"}`],
])('a refusal for %s is answered as it is', async (_, status, type, body) => {
  const { fetch } = await client()
  await fetch(acme(), { capability: ORDERS })
  service.answerWith((_, response) => response.writeHead(status, { 'content-type': type }).end(body))
  const response = await fetch(acme(), { capability: ORDERS })
  expect([response.status, await response.text()]).toEqual([status, body])
  expect([service.tokens.length, authority.batches().length]).toEqual([2, 1])
})

it('a call whose body cannot be read twice is not repeated, but the capability is forgotten', async () => {
  const { fetch, capabilityFor } = await client()
  const held = await capabilityFor({ target: 'orders', operation: 'read' })
  service.revocation.revoke(revocationIds(held)[0] ?? '')
  const body = new Blob(['once']).stream()
  const once = { capability: ORDERS, method: 'POST', body, duplex: 'half' } as CallInit
  expect((await fetch(acme(), once)).status).toBe(403)
  expect(await capabilityFor({ target: 'orders', operation: 'read' })).not.toBe(held)
  const request = new Request(acme(), { method: 'POST', body: 'of a request', headers: { 'x-note': '1' } })
  expect((await fetch(request, { capability: ORDERS })).status).toBe(200)
  expect(service.runs).toEqual(['of a request'])
})

it('a service that hangs, or is not there, is unavailable, and no error shows a token', async () => {
  const { fetch } = await client()
  service.answerWith(() => {})
  const hangs = await refusal(fetch(acme(), { capability: ORDERS, timeout: 1 }))
  const gone = await refusal(fetch('http://127.0.0.1:1/', { capability: ORDERS }))
  for (const error of [hangs, gone]) {
    expect(error).toMatchObject({ code: 'unavailable', from: 'service' })
    const shown = print(error, { depth: 10, showHidden: true }) + JSON.stringify(error)
    expect(shown).not.toContain(service.tokens[0]?.slice(0, 60))
  }
})

it('a call ends when its caller aborts it, with the reason of the caller', async () => {
  const { fetch } = await client()
  const reason = new Error('nobody waits any more')
  await expect(fetch(acme(), { capability: ORDERS, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const controller = new AbortController()
  service.answerWith(() => controller.abort(reason))
  await expect(fetch(acme(), { capability: ORDERS, signal: controller.signal })).rejects.toBe(reason)
  const request = new Request(acme(), { signal: AbortSignal.abort(reason) })
  await expect(fetch(request, { capability: ORDERS })).rejects.toBe(reason)
  expect(service.tokens).toHaveLength(1)
})

it('a timeout of null lets an answer take as long as it likes', async () => {
  const { fetch } = await client({ timeout: '1s' })
  service.answerWith((_, response) => void setTimeout(() => response.end('late'), 1100))
  expect(await (await fetch(acme(), { capability: ORDERS, timeout: null })).text()).toBe('late')
})
