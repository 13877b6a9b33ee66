import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateKeyPair } from '../../src/keys/generate-key-pair.ts'
import { parsePublicKey, publicKeyFault } from '../../src/keys/internal/keys.ts'
import { parsePrivateKey } from '../../src/keys/internal/private-keys.ts'
import { publicKeyOf } from '../../src/keys/internal/public-key-of.ts'
import { mallory, root, rootP256, SMALL_ORDER_POINTS } from '../support/keys.ts'

const P256_ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'

const hexOf = (key: string): string => key.slice(key.indexOf('/') + 1)
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

describe('generateKeyPair', () => {
  it('generateKeyPair makes an Ed25519 pair by default', async () => {
    const { publicKey, privateKey } = await generateKeyPair()
    expect(publicKey).toMatch(/^ed25519\/[0-9a-f]{64}$/)
    expect(privateKey).toMatch(/^ed25519-private\/[0-9a-f]{64}$/)
    expect((await publicKeyOf(parsePrivateKey(privateKey, 'key'))).text).toBe(publicKey)
  })

  it('generateKeyPair makes a P-256 pair', async () => {
    const { publicKey, privateKey } = await generateKeyPair({ algorithm: 'secp256r1' })
    expect(publicKey).toMatch(/^secp256r1\/0[23][0-9a-f]{64}$/)
    expect(privateKey).toMatch(/^secp256r1-private\/[0-9a-f]{64}$/)
    expect((await publicKeyOf(parsePrivateKey(privateKey, 'key'))).text).toBe(publicKey)
  })

  it('generateKeyPair makes another pair each time', async () => {
    const pairs = await Promise.all(Array.from({ length: 8 }, () => generateKeyPair()))
    expect(new Set(pairs.map(({ privateKey }) => privateKey)).size).toBe(8)
  })

  it('generateKeyPair refuses unknown algorithms and unknown options', async () => {
    for (const algorithm of ['ed448', 'constructor', '', null, 1]) {
      await expect(generateKeyPair({ algorithm } as never)).rejects.toThrow(/^algorithm: /)
    }
    await expect(generateKeyPair({ algoritm: 'ed25519' } as never)).rejects.toThrow(/^algoritm: unknown option/)
    await expect(generateKeyPair('ed25519' as never)).rejects.toThrow(/^options: must be an object/)
  })
})

describe('parsePublicKey', () => {
  it('a public key is read in any case and written in lower case', () => {
    for (const { publicKey } of [root, rootP256]) {
      const [algorithm, hex = ''] = publicKey.split('/')
      expect(parsePublicKey(`${algorithm}/${hex.toUpperCase()}`, 'keys').text).toBe(publicKey)
    }
  })

  it('public keys agree with those of the reference implementation', async () => {
    for (const { publicKey, privateKey } of [root, rootP256, mallory]) {
      expect((await publicKeyOf(parsePrivateKey(privateKey, 'key'))).text).toBe(publicKey)
    }
  })

  it.each([
    ['', 'is empty'],
    ['/', 'unknown key algorithm'],
    [hexOf(root.publicKey), 'malformed'],
    ['ed25519/', 'malformed'],
    [`${root.publicKey}0`, 'malformed'],
    [`${root.publicKey}/`, 'malformed'],
    [` ${root.publicKey}`, 'unknown key algorithm'],
    [`${root.publicKey}\n`, 'malformed'],
    [`ed25519/0x${hexOf(root.publicKey).slice(2)}`, 'malformed'],
    [`ed25519/${'٣'.repeat(64)}`, 'malformed'],
    [`ED25519/${hexOf(root.publicKey)}`, 'unknown key algorithm'],
    [`constructor/${hexOf(root.publicKey)}`, 'unknown key algorithm'],
    [`secp256r1/${hexOf(root.publicKey)}`, 'malformed'],
    [`ed25519/${'00'.repeat(32)}`, 'all zeros'],
    [`secp256r1/${'00'.repeat(33)}`, 'all zeros'],
    [`secp256r1/04${hexOf(rootP256.publicKey).slice(2)}`, 'not a compressed point'],
    [`secp256r1/02${'ff'.repeat(32)}`, 'not a point of the curve'],
    [`secp256r1/02${'00'.repeat(31)}07`, 'not a point of the curve'],
    [root.privateKey, 'this is a private key, but a public key is needed'],
    [rootP256.privateKey, 'this is a private key, but a public key is needed'],
  ])('parsePublicKey refuses %j', (text, reason) => {
    expect(() => parsePublicKey(text, 'keys')).toThrow(TypeError)
    expect(() => parsePublicKey(text, 'keys')).toThrow(/^keys: /)
    expect(() => parsePublicKey(text, 'keys')).toThrow(reason)
  })

  it('parsePublicKey refuses a value that is not a string', () => {
    for (const key of [undefined, null, 1, {}, [root.publicKey], bytesOf('00')]) {
      expect(() => parsePublicKey(key as never, 'publicKey')).toThrow(/^publicKey: expected a public key as a string/)
    }
  })

  it('every encoding of every small-order point of Ed25519 is refused as a public key', () => {
    for (const hex of SMALL_ORDER_POINTS) {
      expect(publicKeyFault('ed25519', bytesOf(hex)), hex).toBeDefined()
      expect(() => parsePublicKey(`ed25519/${hex}`, 'keys')).toThrow(/^keys: /)
    }
  })

  it('all 38 encodings of Ed25519 with an unreduced y are refused as a public key', () => {
    for (let y = 0xed; y <= 0xff; y++) {
      for (const top of [0x7f, 0xff]) {
        const bytes = new Uint8Array(32).fill(0xff)
        bytes[0] = y
        bytes[31] = top
        expect(publicKeyFault('ed25519', bytes)).toMatch(/not canonically encoded/)
      }
    }
  })

  it('the neighbours of the refused encodings are accepted as public keys', () => {
    const largest = new Uint8Array(32).fill(0xff)
    largest[0] = 0xeb
    expect(publicKeyFault('ed25519', largest)).toBeUndefined()
    largest[0] = 0xff
    largest[30] = 0xfe
    expect(publicKeyFault('ed25519', largest)).toBeUndefined()
    expect(publicKeyFault('ed25519', bytesOf(`02${'00'.repeat(31)}`))).toBeUndefined()
  })

  it('every generated public key is accepted', async () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((seed) => seed.some((byte) => byte !== 0))
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const { text, bytes } = await publicKeyOf({ algorithm: 'ed25519', bytes: new Uint8Array(seed) })
        expect(parsePublicKey(text, 'key').bytes).toEqual(bytes)
      }),
    )
  })
})

describe('parsePrivateKey', () => {
  it.each([
    [hexOf(root.privateKey), 'malformed'],
    [`ed25519-private/${hexOf(root.privateKey).slice(2)}`, 'malformed'],
    [`ed25519-private/${'00'.repeat(32)}`, 'all zeros'],
    [`secp256r1-private/${'00'.repeat(32)}`, 'all zeros'],
    [`secp256r1-private/${P256_ORDER}`, 'not below the order'],
    [`secp256r1-private/${'ff'.repeat(32)}`, 'not below the order'],
    [`-private/${hexOf(root.privateKey)}`, 'unknown key algorithm'],
    [root.publicKey, 'this is a public key, but a private key is needed'],
    [rootP256.publicKey, 'this is a public key, but a private key is needed'],
  ])('parsePrivateKey refuses %j', (text, reason) => {
    expect(() => parsePrivateKey(text, 'privateKey')).toThrow(TypeError)
    expect(() => parsePrivateKey(text, 'privateKey')).toThrow(/^privateKey: /)
    expect(() => parsePrivateKey(text, 'privateKey')).toThrow(reason)
  })

  it('parsePrivateKey never prints its input', () => {
    const secret = hexOf(root.privateKey)
    const forms = [secret, `${secret}/ab`, `${secret}-private/ab`, `ed25519/${secret}x`, `ed25519-private/${secret}00`]
    for (const form of forms) {
      for (const parse of [parsePublicKey, parsePrivateKey]) {
        let message = ''
        try {
          parse(form, 'key')
        } catch (error) {
          message = String(error)
        }
        expect(message).toMatch(/^TypeError: key: /)
        expect(message).not.toContain(secret.slice(0, 8))
      }
    }
  })
})
