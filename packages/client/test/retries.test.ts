import { afterEach, beforeEach, expect, it } from 'vitest'
import { createClient } from '../src/index.ts'
import { createAskAuthority } from '../src/internal/authority/ask-authority.ts'
import { backOff, RetryBudget } from '../src/internal/authority/retry-budget.ts'
import { systemRuntime } from '../src/internal/base/runtime.ts'
import { refusal } from './support/refusal.ts'
import { type Answer, type Authority, answering, startAuthority } from './support/start-authority.ts'

let authority: Authority
let waits: number[]

beforeEach(async () => {
  authority = await startAuthority()
  waits = []
})

afterEach(() => authority.close())

const reset: Answer = (response) => response.destroy()

/** Asks in the way of a client, but notes how long it would wait instead of doing so. */
function asker() {
  const wait = async (milliseconds: number) => void waits.push(milliseconds)
  const runtime = { ...systemRuntime({ now: authority.now }, 10_000), random: () => 0.5, wait }
  const ask = createAskAuthority(new URL(`${authority.url}/`), runtime)
  return () => ask('v1/identities', { secret: 'good-secret' })
}

it.each([
  ['503', answering(503, { code: 'unavailable' })],
  ['502 of a proxy', answering(502, '<html>')],
  ['reset connection', reset],
])('after a %s the authority is asked again, each time after a longer wait', async (_, answer) => {
  authority.answerWith(answer, { times: 3 })
  expect(await asker()()).toMatchObject({ subject: 'service:gateway' })
  expect(waits).toEqual([50, 100, 200])
})

it('after three retries it is unavailable', async () => {
  authority.answerWith(answering(503, {}), { times: 100 })
  expect(await refusal(asker()())).toMatchObject({ code: 'unavailable', status: 503 })
  expect(authority.heard).toHaveLength(4)
})

it('waits as long as the authority says, and does not wait for longer than the timeout', async () => {
  const ask = asker()
  authority.answerWith(answering(503, {}, { 'retry-after': '2' }))
  await ask()
  expect(waits).toEqual([2050])
  authority.answerWith(answering(503, {}, { 'retry-after': '60' }))
  expect(await refusal(ask())).toMatchObject({ code: 'unavailable', retryAfter: 60 })
  expect(authority.heard).toHaveLength(3)
})

it.each(['-1', '1e9', 'soon', '0x10', '99999999999', ''])('a Retry-After of %j counts as none', async (value) => {
  authority.answerWith(answering(429, {}, { 'retry-after': value }))
  expect((await refusal(asker()())).retryAfter).toBeUndefined()
})

it.each([400, 401, 403, 404, 422, 429, 500, 302])('a %i is not asked again', async (status) => {
  authority.answerWith(answering(status, {}), { times: 100 })
  await refusal(asker()())
  expect(authority.heard).toHaveLength(1)
})

it('an authority that is down for long hears little more than without retries', async () => {
  authority.answerWith(answering(503, {}), { times: 1000 })
  const ask = asker()
  for (let request = 0; request < 100; request += 1) await refusal(ask())
  expect(authority.heard.length).toBeLessThanOrEqual(100 + 10 + 100 / 10)
  expect(authority.heard.length).toBeGreaterThan(100)
})

it('a retry budget that was spent grows again with requests, and never above its bound', () => {
  const budget = new RetryBudget()
  for (let request = 0; request < 1000; request += 1) budget.earn()
  expect(Array.from({ length: 20 }, () => budget.spend()).filter(Boolean)).toHaveLength(10)
  for (let request = 0; request < 11; request += 1) budget.earn()
  expect([budget.spend(), budget.spend()]).toEqual([true, false])
})

it('waits spread from nothing to a bound that doubles up to two seconds', () => {
  const longest = [0, 1, 2, 3, 4, 5, 9].map((retry) => backOff(retry, () => 1))
  expect(longest).toEqual([100, 200, 400, 800, 1600, 2000, 2000])
  expect(backOff(3, () => 0)).toBe(0)
})

it('a client whose authority is not there is unavailable, and comes back with it', async () => {
  const { url, keys, now } = authority
  const identity = await authority.identity()
  let isDown = true
  const { capabilityFor } = createClient({
    url,
    keys: keys.publicKey,
    identity,
    now,
    fetch: async (input, init) => (isDown ? fetch('http://127.0.0.1:1/', init) : fetch(input, init)),
  })
  const request = { target: 'orders', operation: 'read' }
  expect(await refusal(capabilityFor(request))).toMatchObject({ code: 'unavailable', status: undefined })
  isDown = false
  expect(await capabilityFor(request)).toEqual(expect.any(String))
})
