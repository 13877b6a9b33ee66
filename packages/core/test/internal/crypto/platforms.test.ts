import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nodeCrypto } from '../../../src/internal/crypto/node.ts'
import { compressedPoint, readSignature, uncompressedPoint } from '../../../src/internal/crypto/p256.ts'
import type { PlatformCrypto } from '../../../src/internal/crypto/platform-crypto.ts'
import { webCrypto } from '../../../src/internal/crypto/web.ts'
import { signWithMixedKey } from '../../support/forge/small-order.ts'

/** WebCrypto as a browser has it that knows no Ed25519. */
function withoutEd25519() {
  const { subtle } = crypto
  const importKey = subtle.importKey.bind(subtle)
  vi.spyOn(subtle, 'importKey').mockImplementation(((...args: Parameters<typeof importKey>) =>
    args[2] === 'Ed25519'
      ? Promise.reject(new DOMException('Unrecognized algorithm', 'NotSupportedError'))
      : importKey(...args)) as typeof importKey)
}

const PLATFORMS: readonly (readonly [string, () => PlatformCrypto])[] = [
  ["Node's own crypto", () => nodeCrypto() as PlatformCrypto],
  ['WebCrypto', () => webCrypto],
  [
    'WebCrypto without Ed25519',
    () => {
      withoutEd25519()
      return webCrypto
    },
  ],
]

const bytes = (length: number, seed: number) => Uint8Array.from({ length }, (_, index) => (index * 7 + seed) & 0xff)
const seed = bytes(32, 1)
const publicKey = new Uint8Array(ed25519.getPublicKey(seed))
const data = bytes(100, 3)
const signature = new Uint8Array(ed25519.sign(data, seed))
const flipped = (whole: Uint8Array<ArrayBuffer>, at: number) => whole.map((byte, i) => (i === at ? byte ^ 1 : byte))

/** A key with a part of small order, which only its holder can make. */
const ORDER_8 = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
const mixedKey = new Uint8Array(ed25519.Point.fromBytes(publicKey).add(ORDER_8).toBytes())

const secret = new Uint8Array(p256.utils.randomSecretKey())
const point = new Uint8Array(p256.getPublicKey(secret, true))
const der = new Uint8Array(p256.sign(data, secret, { format: 'der' }))

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each(PLATFORMS)('%s', (_name, choose) => {
  it('an Ed25519 signature verifies, and with any part changed it does not', async () => {
    const platform = choose()
    const key = await platform.importKey('ed25519', publicKey)
    const verdicts = await Promise.all([
      platform.verifyEd25519(key, signature, data),
      platform.verifyEd25519(key, flipped(signature, 3), data),
      platform.verifyEd25519(key, flipped(signature, 40), data),
      platform.verifyEd25519(key, signature, flipped(data, 0)),
    ])
    expect(verdicts).toEqual([true, false, false, false])
  })

  it('a signature whose s is not below the order does not verify', async () => {
    const platform = choose()
    const key = await platform.importKey('ed25519', publicKey)
    const s = BigInt(`0x${Buffer.from(signature.slice(32)).reverse().toString('hex')}`) + ed25519.Point.Fn.ORDER
    const high = Uint8Array.from(Buffer.from(s.toString(16).padStart(64, '0'), 'hex')).reverse()
    expect(await platform.verifyEd25519(key, Uint8Array.from([...signature.slice(0, 32), ...high]), data)).toBe(false)
  })

  it('a signature by a key with a part of small order does not verify where only the cofactor makes it hold', async () => {
    const platform = choose()
    const key = await platform.importKey('ed25519', mixedKey)
    const messages = Array.from({ length: 24 }, (_, index) => bytes(20, index))
    for (const message of messages) {
      const { signature: mixed, needsCofactor } = signWithMixedKey(seed, mixedKey, message)
      expect(ed25519.verify(mixed, message, mixedKey)).toBe(true)
      if (needsCofactor) expect(await platform.verifyEd25519(key, mixed, message)).toBe(false)
    }
  })

  it('the public key of a seed is that of the reference', async () => {
    expect(await choose().publicKeyOfSeed(seed)).toEqual(publicKey)
  })

  it('a P-256 signature verifies, and with any part changed it does not', async () => {
    const platform = choose()
    const key = await platform.importKey('secp256r1', point)
    expect(await platform.verifyP256(key, der, data)).toBe(true)
    expect(await platform.verifyP256(key, der, flipped(data, 0))).toBe(false)
  })

  it('a P-256 private key belongs to its own public key alone', async () => {
    const platform = choose()
    const other = new Uint8Array(p256.getPublicKey(p256.utils.randomSecretKey(), true))
    expect(await platform.isP256Pair(secret, point)).toBe(true)
    expect(await Promise.resolve(platform.isP256Pair(secret, other)).catch(() => false)).toBe(false)
  })

  it('what a P-256 key signs verifies by its public key alone', async () => {
    const platform = choose()
    const [x, y] = [p256.getPublicKey(secret, false).slice(1, 33), p256.getPublicKey(secret, false).slice(33)]
    const text = (part: Uint8Array) => Buffer.from(part).toString('base64url')
    const jwk = { kty: 'EC', crv: 'P-256', x: text(x), y: text(y), d: text(secret) }
    const compact = await platform.sign('secp256r1', await platform.importPrivateKey('secp256r1', jwk), data)
    expect(compact).toHaveLength(64)
    expect(p256.verify(compact, data, point, { lowS: false })).toBe(true)
    expect(p256.verify(compact, flipped(data, 0), point, { lowS: false })).toBe(false)
  })

  it('bytes that are no point of P-256 are not imported', async () => {
    const platform = choose()
    const none = Array.from({ length: 20 }, (_, x) => Uint8Array.from([2, ...bytes(32, x)])).find(
      (candidate) => compressedPoint(candidate) === undefined,
    ) as Uint8Array<ArrayBuffer>
    await expect((async () => platform.importKey('secp256r1', none))()).rejects.toThrow()
  })
})

describe.each(PLATFORMS.slice(0, 2))('%s', (_name, choose) => {
  it('an Ed25519 key signs as the reference does', async () => {
    const platform = choose()
    const text = (part: Uint8Array) => Buffer.from(part).toString('base64url')
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: text(publicKey), d: text(seed) }
    const key = await platform.importPrivateKey('ed25519', jwk)
    expect(new Uint8Array(await platform.sign('ed25519', key, data))).toEqual(signature)
  })
})

describe('points and signatures of P-256 without a library', () => {
  it('points are packed and unpacked as the reference does, with either parity', () => {
    for (let round = 0; round < 40; round++) {
      const packed = new Uint8Array(p256.getPublicKey(p256.utils.randomSecretKey(), true))
      const whole = new Uint8Array(p256.Point.fromBytes(packed).toBytes(false))
      expect(uncompressedPoint(packed)).toEqual(whole)
      expect(compressedPoint(whole)).toEqual(packed)
      expect(compressedPoint(packed)).toEqual(packed)
      expect(compressedPoint(whole.map((byte, index) => (index === 64 ? byte ^ 1 : byte)))).toBeUndefined()
    }
  })

  it.each<[string, number[]]>([
    ['nothing', []],
    ['the point at infinity', [0]],
    ['a compressed point that is too short', [2, ...Array<number>(31).fill(1)]],
    ['a compressed point that is too long', [2, ...Array<number>(33).fill(1)]],
    ['x = p', [2, ...Buffer.from('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'hex')]],
    ['a hybrid point', [6, ...Array<number>(64).fill(1)]],
    ['zeros', Array<number>(33).fill(0)],
  ])('%s is no point', (_name, candidate) => {
    expect(compressedPoint(Uint8Array.from(candidate))).toBeUndefined()
    expect(uncompressedPoint(Uint8Array.from(candidate))).toBeUndefined()
  })

  it('a DER signature is read as the reference reads it, and no other spelling is', () => {
    for (let round = 0; round < 40; round++) {
      const message = Uint8Array.of(round)
      const made = new Uint8Array(p256.sign(message, secret, { format: 'der' }))
      const { r, s } = p256.Signature.fromBytes(made, 'der')
      expect(readSignature(made)).toEqual({ r, s })
    }
    const length = der.length
    const spellings = [
      der.slice(0, length - 1),
      Uint8Array.from([...der, 0]),
      Uint8Array.from([0x30, 0x81, ...der.slice(1)]),
      Uint8Array.from([0x30, (der[1] as number) + 1, 2, (der[3] as number) + 1, 0, ...der.slice(4)]),
      Uint8Array.from([0x31, ...der.slice(1)]),
      Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 1),
      Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 0),
      Uint8Array.of(0x30, 6, 2, 1, 0x81, 2, 1, 1),
      Uint8Array.of(),
    ]
    for (const spelling of spellings) expect(readSignature(spelling)).toBeUndefined()
  })
})

it("Node's own crypto is used on Node and not where a platform imitates it", () => {
  expect(nodeCrypto()?.isSync).toBe(true)
  for (const other of ['bun', 'deno']) {
    vi.stubGlobal('process', { ...process, versions: { ...process.versions, [other]: '2.0.0' } })
    expect(nodeCrypto()).toBeUndefined()
  }
  vi.unstubAllGlobals()
})
