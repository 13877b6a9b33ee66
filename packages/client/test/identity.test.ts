import { attenuate, generateKeyPair, inspect, mintIdentity } from '@writ/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ClientOptions, createClient, type IdentitySource, type Snapshot } from '../src/index.ts'
import { refusal } from './support/refusal.ts'
import { type Authority, answering, START, startAuthority } from './support/start-authority.ts'

const ORDERS = { target: 'orders', operation: 'read' }
let authority: Authority

beforeEach(async () => {
  authority = await startAuthority()
})

afterEach(async () => {
  vi.useRealTimers()
  await authority.close()
})

function client(identity: IdentitySource, options: Partial<ClientOptions> = {}) {
  const { url, keys, now } = authority
  return createClient({ url, keys: keys.publicKey, identity, now, ...options })
}

const asked = (path: string) => authority.heard.filter((call) => call.path === path).map(({ body }) => body)

function memory(kept?: string): Snapshot & { kept: string | undefined } {
  return {
    kept,
    read: async function () {
      return this.kept
    },
    write: async function (text) {
      this.kept = text
    },
  }
}

it('a secret is exchanged once, by all who ask at the same time, and what it gave is refreshed', async () => {
  const { identity, capabilityFor } = client({ secret: 'good-secret' })
  const [first, second] = await Promise.all([identity(), identity(), capabilityFor(ORDERS)])
  expect(second).toBe(first)
  expect(asked('/v1/identities')).toEqual([{ secret: 'good-secret' }])
  authority.clock.now = START + 3600 * 0.74
  expect(await identity()).toBe(first)
  expect(asked('/v1/identities/refresh')).toEqual([])
  authority.clock.now = START + 3600 * 0.86
  expect(await identity()).toBe(first)
  await expect.poll(identity).not.toBe(first)
  expect(asked('/v1/identities/refresh')).toEqual([{}])
  expect(authority.heard.at(-1)?.authorization).toBe(`Bearer ${first}`)
})

it('a secret that is refused is unauthenticated, and not tried again for a second', async () => {
  const { capabilityFor } = client({ secret: 'wrong-secret' })
  for (let ask = 0; ask < 3; ask += 1)
    expect(await refusal(capabilityFor(ORDERS))).toMatchObject({ code: 'unauthenticated' })
  expect(asked('/v1/identities')).toHaveLength(1)
  authority.secrets.set('wrong-secret', 'service:gateway')
  authority.clock.now += 1
  expect(await capabilityFor(ORDERS)).toEqual(expect.any(String))
})

it('when a session ends, a function gives the next secret, and a text has none', async () => {
  const issue = () => {
    const secret = `secret-${authority.heard.length}`
    authority.secrets.set(secret, 'service:gateway')
    return secret
  }
  const renewing = client({ secret: issue })
  const ending = client({ secret: 'good-secret' })
  await renewing.identity()
  await ending.identity()
  authority.answerWith(answering(403, { code: 'not_refreshable' }), { times: 9, path: '/v1/identities/refresh' })
  authority.clock.now = START + 3601
  expect(await inspect(await renewing.identity())).toMatchObject({ expiresAt: START + 3601 + 3600 })
  expect(await refusal(ending.identity())).toMatchObject({ code: 'unauthenticated' })
})

it('an identity is kept over a restart, refreshed ones too', async () => {
  const snapshot = memory()
  const source = { secret: 'good-secret', snapshot }
  const first = await client(source).identity()
  expect(snapshot.kept).toBe(first)
  const restarted = client(source)
  expect(await restarted.identity()).toBe(first)
  authority.clock.now += 3100
  await restarted.identity()
  await expect.poll(() => restarted.identity()).not.toBe(first)
  expect(snapshot.kept).toBe(await restarted.identity())
  expect(asked('/v1/identities')).toHaveLength(1)
})

it('a secret may be gone once a snapshot holds what it was exchanged for, and not before', async () => {
  const snapshot = memory()
  expect(await refusal(client({ secret: '', snapshot }).identity())).toMatchObject({
    code: 'unauthenticated',
    cause: { message: 'there is no secret, and the snapshot has no identity' },
  })
  const first = await client({ secret: 'good-secret', snapshot }).identity()
  expect(await client({ secret: '', snapshot }).identity()).toBe(first)
})

it('a snapshot that is damaged, forged, over or unreadable is none', async () => {
  const forger = await generateKeyPair()
  const forged = await mintIdentity(
    { subject: 'service:gateway', expiresIn: '1h', now: authority.now },
    forger.privateKey,
  )
  const over = await authority.identity()
  authority.clock.now += 3601
  const unreadable = {
    read: () => Promise.reject(new Error('EIO')),
    write: () => Promise.reject(new Error('EROFS')),
  }
  for (const snapshot of [memory('damaged'), memory(forged), memory(over), memory(''), unreadable]) {
    authority.secrets.set('good-secret', 'service:gateway')
    const { subject, expiresAt } = await inspect(await client({ secret: 'good-secret', snapshot }).identity())
    expect({ subject, expiresAt }).toEqual({ subject: 'service:gateway', expiresAt: START + 3601 + 3600 })
  }
})

it('an assertion is asked for anew for each identity', async () => {
  let count = 0
  const assertion = () => {
    count += 1
    authority.assertions.add(`assertion-${count}`)
    return `assertion-${count}`
  }
  const { identity } = client({ assertion })
  const first = await identity()
  authority.clock.now += 3100
  await identity()
  await expect.poll(identity).not.toBe(first)
  expect(asked('/v1/identities')).toEqual([{ assertion: 'assertion-1' }, { assertion: 'assertion-2' }])
})

it('an identity that was revoked is replaced once, if there is another', async () => {
  let current = await authority.identity()
  const { capabilityFor } = client(() => current)
  await capabilityFor(ORDERS)
  authority.revoked.add(current)
  authority.clock.now += 1
  current = await authority.identity()
  expect(await capabilityFor({ ...ORDERS, expiresIn: 60 })).toEqual(expect.any(String))
  authority.revoked.add(current)
  expect(await refusal(capabilityFor({ ...ORDERS, expiresIn: 61 }))).toMatchObject({ code: 'unauthenticated' })
  expect(authority.batches()).toHaveLength(5)
})

it('an identity of which there is no other is not presented again after it was refused', async () => {
  const identity = await authority.identity()
  const { capabilityFor } = client(identity)
  authority.revoked.add(identity)
  expect(await refusal(capabilityFor(ORDERS))).toMatchObject({ code: 'unauthenticated' })
  authority.clock.now += 5
  expect(await refusal(capabilityFor(ORDERS))).toMatchObject({ code: 'unauthenticated' })
  expect(authority.batches()).toHaveLength(1)
})

it('an identity stays in use while it cannot be renewed, until its end', async () => {
  const first = await authority.identity()
  const { identity } = client(first)
  await identity()
  authority.answerWith(answering(429, {}), { times: 100, path: '/v1/identities/refresh' })
  authority.clock.now = START + 3599
  for (let ask = 0; ask < 10; ask += 1) expect(await identity()).toBe(first)
  await expect.poll(() => asked('/v1/identities/refresh')).toHaveLength(1)
  authority.clock.now = START + 3600
  expect(await refusal(identity())).toMatchObject({ code: 'unauthenticated' })
})

it('an idle client renews its identity by a timer, and a closed one does not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const idle = client(await authority.identity())
  await idle.identity()
  authority.clock.now += 3100
  await vi.advanceTimersByTimeAsync(3100 * 1000)
  await vi.waitFor(() => expect(asked('/v1/identities/refresh')).toHaveLength(1))
  idle.close()
  authority.clock.now += 3100
  await vi.advanceTimersByTimeAsync(3100 * 1000)
  expect(asked('/v1/identities/refresh')).toHaveLength(1)
})

it.each<[string, () => IdentitySource | Promise<IdentitySource>]>([
  ['no token', () => 'nonsense'],
  ['a header of its own', () => 'nonsense\r\nx-mallory: 1'],
  ['a function that throws', () => () => Promise.reject(new Error('no metadata server'))],
  ['a function that returns nothing', () => () => '' as string],
  ['an assertion that is no text', () => ({ assertion: () => 7 as never })],
  [
    'a capability',
    async () => {
      const { capability } = await authority.engine().mint({ ...ORDERS, subject: 'service:gateway' })
      return attenuate(capability, authority.keys.publicKey, { expiresIn: 60, now: authority.now })
    },
  ],
  [
    'an identity of another authority',
    async () => {
      const { privateKey } = await generateKeyPair()
      return mintIdentity({ subject: 'service:gateway', now: authority.now }, privateKey)
    },
  ],
])('%s as an identity is unauthenticated, and never sent', async (_, source) => {
  expect(await refusal(client(await source()).capabilityFor(ORDERS))).toMatchObject({ code: 'unauthenticated' })
  expect(authority.heard).toEqual([])
})

it('a function that never returns makes nobody wait for longer than the timeout', async () => {
  let calls = 0
  const { capabilityFor } = client(
    () => {
      calls += 1
      return new Promise(() => {})
    },
    { timeout: '1s' },
  )
  expect(await refusal(capabilityFor(ORDERS))).toMatchObject({ code: 'unavailable' })
  const next = refusal(capabilityFor(ORDERS))
  await expect.poll(() => calls).toBe(2)
  expect(await next).toMatchObject({ code: 'unavailable' })
})

it.each([[{ identity: 7 }], [{ identity: '' }], [{}], [{ identity: 'nonsense' }]])(
  'an answer %j to a secret is a bad answer',
  async (answer) => {
    authority.answerWith(answering(200, answer))
    expect(await refusal(client({ secret: 'good-secret' }).identity())).toMatchObject({ code: 'bad_answer' })
  },
)
