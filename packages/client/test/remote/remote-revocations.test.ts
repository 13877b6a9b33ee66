import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createIdentityVerifier, createVerifier, revocationIds } from '@writ/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type RemoteRevocationsOptions, remoteKeys, remoteRevocations } from '../../src/index.ts'
import { fileSnapshot } from '../../src/node.ts'
import { changed, newFolder, type Served, serve, tampered } from './serve.ts'

const request = { resource: 'invoices', operation: 'read' }

type Options = Partial<RemoteRevocationsOptions> & { readonly pinned?: string }

/** A verifier that follows the authority. */
async function follow(served: Pick<Served, 'url' | 'authority'>, options: Options = {}) {
  const { pinned = await served.authority.publicKey(), ...others } = options
  const warnings: string[] = []
  const shared = { onWarning: ({ message }: Error) => void warnings.push(message), ...others }
  const { snapshot: _, maxStale: __, ...forKeys } = shared
  const keys = remoteKeys(served.url, { pinned, maxStale: Number.POSITIVE_INFINITY, ...forKeys })
  const revocation = remoteRevocations(served.url, { ...shared, keys })
  const close = async () => {
    await revocation.close()
    await keys.close()
  }
  onTestFinished(close)
  const verifier = createVerifier({ keys, revocation, anchor: null })
  const codeOf = (token: string) =>
    verifier.verify(token, request).then(
      () => 'allowed',
      ({ code }) => code,
    )
  const identities = createIdentityVerifier({ keys, revocation })
  return { keys, revocation, codeOf, identities, warnings, close }
}

/** Until it is so. The authority tells at once, so this never takes long. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('remoteRevocations', () => {
  it('hears of a revocation as soon as it is made', async () => {
    const served = await serve()
    const { revocation, codeOf } = await follow(served)
    await revocation.ready()
    const token = await served.mint()
    expect(await codeOf(token)).toBe('allowed')
    await served.revoke({ revocationId: revocationIds(token)[0] })
    await until(() => revocation.status().sequence === 1)
    expect(await codeOf(token)).toBe('revoked')
  })

  it('knows what was revoked before it began, and names', async () => {
    const served = await serve()
    const token = await served.mint()
    const identity = await served.identity()
    await served.revoke({ revocationId: revocationIds(token)[0] })
    await served.revoke({ actorPrefix: 'service:gateway:job' })
    const { revocation, codeOf, identities } = await follow(served)
    await revocation.ready()
    expect(await codeOf(token)).toBe('revoked')
    expect(await identities.verify(identity)).toMatchObject({ identity: 'service:gateway' })
    expect([
      await revocation.isActorRevoked('service:gateway:job:one'),
      await revocation.isActorRevoked('service:gateway:jobs'),
    ]).toEqual([true, false])
  })

  it('goes on within maxStale while the authority is away, and refuses after it', async () => {
    let [now, monotonic] = [Date.now() / 1000, 0]
    const served = await serve({ now: () => now })
    const network = tampered()
    const { revocation, codeOf } = await follow(served, {
      fetch: network.fetch,
      background: false,
      maxStale: '30s',
      now: () => now,
      monotonic: () => monotonic,
    })
    await revocation.ready()
    const token = await served.mint()
    network.down = true
    now += 29
    monotonic += 29_000
    expect(await codeOf(token)).toBe('allowed')
    now += 2
    monotonic += 2000
    expect(await codeOf(token)).toBe('unavailable')
    // A clock that is set back does not make old news fresh.
    now -= 3600
    expect(await codeOf(token)).toBe('unavailable')
    now += 3600
    network.down = false
    expect(await codeOf(token)).toBe('allowed')
  })

  it.each([
    [
      'an entry that was changed',
      (page: { entries: { value: string }[] }) => void Object.assign(page.entries[0] ?? {}, { value: 'ff'.repeat(64) }),
    ],
    ['an entry that was left out', (page: { entries: object[] }) => void page.entries.shift()],
    ['entries in another order', (page: { entries: object[] }) => void page.entries.reverse()],
    ['a head of another key', (page: { head: { keyId: number } }) => void Object.assign(page.head, { keyId: 4 })],
    [
      'a head that was changed',
      (page: { head: { timeMs: number } }) => void Object.assign(page.head, { timeMs: page.head.timeMs + 60_000 }),
    ],
    [
      'a base that was moved',
      (page: { entries: object[]; head: object }) => {
        page.entries = []
        Object.assign(page.head, { baseSequence: 2 })
      },
    ],
    ['no signature', (page: { head: object }) => void Object.assign(page.head, { signature: '00'.repeat(64) })],
  ])('takes nothing from a feed with %s', async (_, change) => {
    const served = await serve()
    const tokens = [await served.mint(), await served.mint()]
    for (const token of tokens) await served.revoke({ revocationId: revocationIds(token)[0] })
    const network = tampered()
    network.tamper = (path, response) =>
      path === '/v1/revocations'
        ? changed((page) => {
            change(page)
            return page
          })(response)
        : response
    const { revocation, codeOf } = await follow(served, { fetch: network.fetch, background: false })
    await expect(revocation.ready()).rejects.toMatchObject({ code: 'bad_answer' })
    expect(revocation.status()).toMatchObject({ ready: false, sequence: 0, entries: 0 })
    expect(await codeOf(tokens[0] as string)).toBe('unavailable')
  })

  it('takes no head that is older than the last, although it was signed', async () => {
    const served = await serve()
    const network = tampered()
    const old: string[] = []
    network.tamper = async (path, response) => {
      if (path !== '/v1/revocations') return response
      const text = await response.text()
      old.push(text)
      return new Response(text, response)
    }
    const { revocation } = await follow(served, { fetch: network.fetch, background: false })
    await revocation.ready()
    await served.revoke({ revocationId: 'aa'.repeat(64) })
    await revocation.refresh()
    expect(revocation.status().sequence).toBe(1)
    network.tamper = (path, response) => (path === '/v1/revocations' ? new Response(old[0]) : response)
    await expect(revocation.refresh()).rejects.toMatchObject({ code: 'bad_answer' })
    expect(revocation.status()).toMatchObject({ sequence: 1, failure: expect.stringContaining('the feed went back') })
  })

  it('starts from its snapshot while the authority is away, and without one says that it knows nothing', async () => {
    const served = await serve()
    const path = join(await newFolder(), 'revocations.json')
    const token = await served.mint()
    const other = await served.mint()
    await served.revoke({ revocationId: revocationIds(token)[0] })
    const pinned = await served.authority.publicKey()
    const first = await follow(served, { snapshot: fileSnapshot(path), background: false })
    await first.revocation.ready()
    await first.close()
    expect((await stat(path)).mode & 0o777).toBe(0o600)

    const network = tampered()
    network.down = true
    const away = { url: served.url, authority: served.authority }
    const again = await follow(away, { snapshot: fileSnapshot(path), fetch: network.fetch, background: false, pinned })
    await again.revocation.ready()
    expect([await again.codeOf(token), await again.codeOf(other)]).toEqual(['revoked', 'allowed'])

    const blind = await follow(away, { fetch: network.fetch, background: false, pinned })
    await expect(blind.revocation.ready()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await blind.codeOf(token)).toBe('unavailable')
    expect(blind.revocation.status().failure).toBe('the authority does not answer')
  })

  it.each([
    ['is no JSON', () => '{'],
    ['is of another version', () => '{"version":2}'],
    ['has lost an entry', (text: string) => JSON.stringify(dropEntry(JSON.parse(text)))],
  ])('ignores a snapshot that %s, and says so', async (_, change) => {
    const served = await serve()
    const path = join(await newFolder(), 'revocations.json')
    const token = await served.mint()
    await served.revoke({ revocationId: revocationIds(token)[0] })
    const first = await follow(served, { snapshot: fileSnapshot(path), background: false })
    await first.revocation.ready()
    await first.close()
    await writeFile(path, change(await readFile(path, 'utf8')))
    const network = tampered()
    network.down = true
    let monotonic = 0
    const options = {
      snapshot: fileSnapshot(path),
      fetch: network.fetch,
      background: false,
      monotonic: () => monotonic,
    }
    const again = await follow(served, options)
    await expect(again.revocation.ready()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await again.codeOf(token)).toBe('unavailable')
    expect(again.warnings.some((warning) => warning.startsWith('the snapshot is not used: '))).toBe(true)
    network.down = false
    // The keys are asked for once in a cooldown.
    monotonic += 5000
    expect(await again.codeOf(token)).toBe('revoked')
  })

  it('loads a snapshot that is too old, and refuses until it has heard from the authority', async () => {
    const served = await serve()
    const path = join(await newFolder(), 'revocations.json')
    const token = await served.mint()
    const first = await follow(served, { snapshot: fileSnapshot(path), background: false })
    await first.revocation.ready()
    await first.close()
    const network = tampered()
    network.down = true
    const later = Date.now() / 1000 + 60
    const options = { snapshot: fileSnapshot(path), fetch: network.fetch, background: false, now: () => later }
    const again = await follow(served, options)
    await expect(again.revocation.ready()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await again.codeOf(token)).toBe('unavailable')
  })

  it('comes back after the authority was restarted, with what was revoked meanwhile', async () => {
    const served = await serve()
    const { revocation } = await follow(served)
    await revocation.ready()
    const port = Number(new URL(served.url).port)
    await served.authority.close()
    const restarted = await serve({ folder: served.folder, port })
    await restarted.revoke({ revocationId: 'aa'.repeat(64) })
    await until(() => revocation.status().sequence === 1)
    expect(await revocation.isRevoked(['aa'.repeat(64)])).toBe(true)
  })

  it('says nothing of tokens, and takes keys of remoteKeys alone', () => {
    expect(() => remoteRevocations('https://authority.example', { keys: (() => undefined) as never })).toThrow(/^keys:/)
  })
})

function dropEntry(saved: { feed: { entries: unknown[] } }): unknown {
  saved.feed.entries.pop()
  return saved
}
