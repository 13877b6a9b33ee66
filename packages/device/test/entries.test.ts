import { readFileSync } from 'node:fs'
import { generateKeyPair, mintCapability } from '@writ/core'
import * as device from '@writ/device'
import * as full from '@writ/device/full'
import * as host from '@writ/device/host'
import { describe, expect, it } from 'vitest'

const NOW = 1_900_000_000
const REQUEST = { resource: 'doors', operation: 'open' }
const options = (keys: string) => ({ keys, anchor: null, now: () => NOW })
const [own, other] = [await generateKeyPair(), await generateKeyPair({ algorithm: 'secp256r1' })]
const mint = (privateKey: string) => mintCapability({ ...REQUEST, subject: 'alice', now: () => NOW }, privateKey)

const codeOf = (act: () => unknown) => {
  try {
    return act()
  } catch (error) {
    return error instanceof TypeError ? error.message : (error as { code?: unknown }).code
  }
}

describe('every entry', () => {
  it.each(['index', 'host', 'full'])('%s is one file that imports nothing', (entry) => {
    const source = readFileSync(new URL(`../dist/${entry}.js`, import.meta.url), 'utf8')
    // In a minified file these are what an import, and a link to a map, look like.
    expect(/(?:^|;)import[{"*]|import\(|sourceMappingURL/.test(source)).toBe(false)
  })

  it.each([device, full])('verifies at once, and remembers little', async ({ createVerifier }) => {
    const token = await mint(own.privateKey)
    const verifier = createVerifier(options(own.publicKey))
    expect(verifier.verifySync(token, REQUEST).subject).toBe('alice')
    expect(codeOf(() => verifier.verifySync(token, { ...REQUEST, operation: 'close' }))).toBe('wrong_operation')
    expect(codeOf(() => createVerifier({ ...options(own.publicKey), keys: async () => own.publicKey }))).toBe(
      'keys: must not be asynchronous for a verifier with sync',
    )
  })

  it('with Ed25519 alone refuses a root key on P-256 when the verifier is made, and reads it with both curves', async () => {
    const token = await mint(other.privateKey)
    expect(full.createVerifier(options(other.publicKey)).verifySync(token, REQUEST).subject).toBe('alice')
    for (const keys of [other.publicKey, new Map([['default' as const, other.publicKey]])]) {
      const message = 'keys: a key on P-256 needs @writ/device/full'
      expect(codeOf(() => device.createVerifier({ ...options(''), keys }))).toBe(message)
    }
    const found = device.createVerifier({ ...options(''), keys: () => other.publicKey })
    expect(codeOf(() => found.verifySync(token, REQUEST))).toBe('unavailable')
  })
})

describe('the Ed25519 of the host', () => {
  it('is handed in once, whole, and only its true is a yes', async () => {
    const token = await mint(own.privateKey)
    const verifier = host.createVerifier(options(own.publicKey))
    expect(codeOf(() => verifier.verifySync(token, REQUEST))).toBe('invalid_signature')
    const publicKeyOfSeed = (seed: Uint8Array) => seed
    expect(codeOf(() => host.setEd25519({ publicKeyOfSeed } as never))).toBe('verify: must be a function')
    expect(codeOf(() => host.setEd25519({ verify: () => true } as never))).toBe('publicKeyOfSeed: must be a function')
    const functions = { verify: () => 1 as unknown as boolean, publicKeyOfSeed }
    host.setEd25519(functions)
    functions.verify = () => true
    expect(codeOf(() => verifier.verifySync(token, REQUEST))).toBe('invalid_signature')
    expect(codeOf(() => host.setEd25519(functions))).toBe('ed25519: was handed in before')
  })
})
