import { createVerifier, generateKeyPair, mintCapability } from '@writ/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type RemoteKeysOptions, remoteKeys } from '../../src/index.ts'
import { changed, serve, tampered } from './serve.ts'

const request = { resource: 'invoices', operation: 'read' }

function keysOf(url: string, options: RemoteKeysOptions) {
  const warnings: string[] = []
  const keys = remoteKeys(url, { onWarning: ({ message }) => void warnings.push(message), ...options })
  onTestFinished(() => keys.close())
  return { keys, warnings, verifier: createVerifier({ keys, anchor: null }) }
}

describe('remoteKeys', () => {
  it('lets a verifier take tokens of an authority of which it knows one key', async () => {
    const { url, authority, mint } = await serve()
    const { keys, verifier } = keysOf(url, { pinned: await authority.publicKey() })
    await keys.ready()
    expect(keys.status()).toMatchObject({ ready: true, rootKeyIds: [1, 2], failure: undefined })
    expect(await verifier.verify(await mint(), request)).toMatchObject({ subject: 'service:gateway' })
  })

  it('follows rotations by their certificates, and asks once in a cooldown about an id that it does not know', async () => {
    const { url, authority, mint, rotate } = await serve()
    const network = tampered()
    let time = 0
    const { keys, verifier } = keysOf(url, {
      pinned: await authority.publicKey(),
      fetch: network.fetch,
      monotonic: () => time,
      background: true,
    })
    await keys.ready()
    await rotate()
    await rotate()
    const token = await mint()
    time += 10_000
    expect(await verifier.verify(token, request)).toMatchObject({ subject: 'service:gateway' })
    expect(keys.status().rootKeyIds).toHaveLength(4)
    const asked = network.asked.length
    const mallory = await generateKeyPair()
    for (let rootKeyId = 100; rootKeyId < 120; rootKeyId++) {
      const forged = await mintCapability({ ...request, subject: 'mallory', rootKeyId }, mallory.privateKey)
      expect(await verifier.verify(forged, request).catch(({ code }) => code)).toBe('untrusted_key')
    }
    expect(network.asked.length - asked).toBeLessThanOrEqual(1)
  })

  it('takes no key that nobody whom it trusts has certified', async () => {
    const { url, authority } = await serve()
    const mallory = await generateKeyPair()
    const network = tampered()
    network.tamper = (_, response) =>
      changed((body) => {
        const [first] = body.keys
        body.keys.push({
          ...first,
          id: 7,
          publicKey: mallory.publicKey,
          certifiedBy: 1,
          certificate: first.certificate ?? '00'.repeat(64),
        })
        return body
      })(response)
    const { keys, verifier } = keysOf(url, { pinned: await authority.publicKey(), fetch: network.fetch })
    await keys.ready()
    const forged = await mintCapability({ ...request, subject: 'mallory', rootKeyId: 7 }, mallory.privateKey)
    await expect(verifier.verify(forged, request)).rejects.toMatchObject({ code: 'untrusted_key' })
  })

  it('refuses an authority that has none of the keys that are pinned, and says so', async () => {
    const { url } = await serve()
    const { publicKey } = await generateKeyPair()
    const { keys, verifier, warnings } = keysOf(url, { pinned: publicKey })
    await expect(keys.ready()).rejects.toMatchObject({ code: 'bad_answer' })
    const token = await (await serve()).mint()
    await expect(verifier.verify(token, request)).rejects.toMatchObject({ code: 'unavailable' })
    expect(warnings).toEqual([
      'the keys of the authority cannot be fetched: no root key of the authority is pinned, or certified by one that is',
    ])
  })

  it.each([
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://mallory.example' } })],
    ['an answer that is too long', () => new Response('x'.repeat(1_000_000))],
    ['what is no JSON', () => new Response('<html>')],
    ['another document', () => Response.json({ keys: [{ id: 1 }] })],
  ])('takes nothing from %s', async (_, answer) => {
    const { url, authority } = await serve()
    const network = tampered()
    network.tamper = answer
    const { keys } = keysOf(url, { pinned: await authority.publicKey(), fetch: network.fetch })
    await expect(keys.ready()).rejects.toMatchObject({ code: 'bad_answer' })
    expect(keys.status()).toMatchObject({ ready: false, rootKeyIds: [] })
  })

  it.each([
    ['keys that are no keys', { pinned: 'nonsense' }, /^pinned:/],
    ['no keys', { pinned: [] }, /^pinned:/],
    ['a member that it does not know', { pinned: [], colour: 'red' }, /^options.colour:/],
  ])('refuses %s at once', (_, options, message) => {
    expect(() => remoteKeys('https://authority.example', options as never)).toThrow(message)
  })

  it('sends nothing over plain http, except to this machine', () => {
    expect(() => remoteKeys('http://authority.example', { pinned: `ed25519/${'00'.repeat(32)}` })).toThrow(/^url:/)
  })
})
