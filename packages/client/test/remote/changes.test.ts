import { revocationIds } from '@writ/core'
import { expect, it, onTestFinished } from 'vitest'
import { type RemoteRevocationsOptions, type RevocationChange, remoteKeys, remoteRevocations } from '../../src/index.ts'
import { type Served, serve, tampered } from './serve.ts'

async function follow(served: Served, options: Partial<RemoteRevocationsOptions> = {}) {
  const shared = { background: false, onWarning: () => undefined, ...options }
  const keys = remoteKeys(served.url, { pinned: await served.authority.publicKey(), ...shared })
  const revocation = remoteRevocations(served.url, { ...shared, keys })
  onTestFinished(async () => void (await Promise.all([revocation.close(), keys.close()])))
  await revocation.ready()
  return revocation
}

const idsOf = async (change: Promise<IteratorResult<RevocationChange>>) => {
  const { value, done } = await change
  return done ? 'the end' : (value as RevocationChange).entries.map((entry) => entry.value)
}
/** Revokes a token of its own; returns the id. */
async function revokeOne(served: Served): Promise<string> {
  const [id = ''] = revocationIds(await served.mint())
  await served.revoke({ revocationId: id })
  return id
}

it('the first change has all that is revoked, with its type and its end', async () => {
  const served = await serve()
  const id = await revokeOne(served)
  await served.revoke({ actorPrefix: 'service:gateway:job' })
  const revocation = await follow(served)
  const { value } = await revocation.changes()[Symbol.asyncIterator]().next()
  const expiresAt = expect.any(Number)
  expect(value?.entries).toEqual([
    { type: 'token', value: id, expiresAt },
    { type: 'actor', value: 'service:gateway:job', expiresAt },
  ])
})

it('a change comes with each head, and has what is new, which may be nothing', async () => {
  const served = await serve()
  const first = await revokeOne(served)
  const revocation = await follow(served)
  const changes = revocation.changes()[Symbol.asyncIterator]()
  expect(await idsOf(changes.next())).toEqual([first])
  const nothing = changes.next()
  await revocation.refresh()
  expect(await idsOf(nothing)).toEqual([])
  const second = await revokeOne(served)
  const next = changes.next()
  await revocation.refresh()
  expect(await idsOf(next)).toEqual([second])
})

it('whoever is slow misses nothing, and two who listen each get all', async () => {
  const served = await serve()
  const revocation = await follow(served)
  const changes = revocation.changes()[Symbol.asyncIterator]()
  expect(await idsOf(changes.next())).toEqual([])
  const ids = []
  for (let count = 0; count < 3; count++) {
    ids.push(await revokeOne(served))
    await revocation.refresh()
  }
  expect(await idsOf(changes.next())).toEqual(ids)
  expect(await idsOf(revocation.changes()[Symbol.asyncIterator]().next())).toEqual(ids)
})

it('the stream of the authority brings changes without anybody asking', async () => {
  const served = await serve()
  const revocation = await follow(served, { background: true })
  const changes = revocation.changes()[Symbol.asyncIterator]()
  await changes.next()
  const id = await revokeOne(served)
  let heard: unknown = []
  while (Array.isArray(heard) && heard.length === 0) heard = await idsOf(changes.next())
  expect(heard).toEqual([id])
})

it('the time of a change is that of the head, or less by a clock that says so', async () => {
  let [now, monotonic] = [1_900_000_000, 0]
  const served = await serve({ now: () => now })
  const revocation = await follow(served, { now: () => now, monotonic: () => monotonic })
  const asOf = async () => (await revocation.changes()[Symbol.asyncIterator]().next()).value?.asOf
  expect(await asOf()).toBe(1_900_000_000)
  now += 7
  monotonic += 7000
  expect(await asOf()).toBe(1_900_000_000)
  // The clock is set back: the time since the head still counts.
  now -= 3600
  expect(await asOf()).toBe(now - 7)
})

it('changes end with their signal, with close, and for whoever breaks off', async () => {
  const served = await serve()
  const revocation = await follow(served)
  const ending = new AbortController()
  const one = revocation.changes(ending.signal)[Symbol.asyncIterator]()
  const other = revocation.changes()[Symbol.asyncIterator]()
  await Promise.all([one.next(), other.next()])
  const [first, second] = [idsOf(one.next()), idsOf(other.next())]
  ending.abort()
  expect(await first).toBe('the end')
  await revocation.close()
  expect(await second).toBe('the end')
  expect(await idsOf(revocation.changes(ending.signal)[Symbol.asyncIterator]().next())).toBe('the end')
})

it('a feed that is closed while it catches up opens no stream, which nothing would end', async () => {
  const served = await serve()
  const network = tampered()
  const revocation = await follow(served, { background: true, fetch: network.fetch })
  // The second page is fetched once the feed is followed.
  const caughtUp = new Promise<void>((resolve) => {
    network.tamper = (_, response) => {
      void revocation.close()
      resolve()
      return response
    }
  })
  await caughtUp
  // Whatever it still does, it does before this is answered.
  await fetch(`${served.url}/v1/revocations?after=0`)
  await fetch(`${served.url}/v1/revocations?after=0`)
  expect(network.asked.filter((path) => path.startsWith('/v1/revocations'))).toHaveLength(2)
})
