import {
  type Algorithm,
  createVerifier,
  exportPrivateKey,
  exportPublicKey,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  type Jwk,
} from '@writ/core'
import { ALGORITHMS, type Case, misused, same } from './support.ts'

interface PlatformAlgorithm {
  readonly name: string
  readonly namedCurve?: string
  readonly hash?: string
}

/** What the platform calls the two curves. */
const PLATFORM: Readonly<Record<Algorithm, PlatformAlgorithm>> = {
  ed25519: { name: 'Ed25519' },
  secp256r1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
}

/** Pairs made elsewhere: RFC 8032 section 7.1, test 1; RFC 6979 appendix A.2.5. */
const KNOWN: Readonly<Record<Algorithm, { readonly publicKey: string; readonly privateKey: string }>> = {
  ed25519: {
    publicKey: 'ed25519/d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    privateKey: 'ed25519-private/9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  },
  secp256r1: {
    publicKey: 'secp256r1/0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6',
    privateKey: 'secp256r1-private/c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
  },
}

/** Points of small order, canonical or not; under some of them a runtime accepts a signature that nobody made. */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
]

const message = new TextEncoder().encode('writ')

/** Throws unless the two platform keys belong together. */
async function assertPairs(privateKey: CryptoKey, publicKey: CryptoKey, algorithm: Algorithm): Promise<void> {
  const signature = await crypto.subtle.sign(PLATFORM[algorithm], privateKey, message)
  same(await crypto.subtle.verify(PLATFORM[algorithm], publicKey, signature, message), true, 'platform signature')
}

function der(pem: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(pem.replaceAll(/-----.*-----|\n/g, '')), (character) => character.charCodeAt(0))
}

function pem(label: string, bytes: ArrayBuffer): string {
  const body = btoa(String.fromCharCode(...new Uint8Array(bytes)))
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`
}

const exported = async (key: CryptoKey): Promise<Jwk> => (await crypto.subtle.exportKey('jwk', key)) as Jwk

const casesOf = (algorithm: Algorithm): readonly Case[] => [
  {
    name: `${algorithm}: generated keys are in Biscuit's notation and never the same`,
    run: async () => {
      const pairs = await Promise.all([generateKeyPair({ algorithm }), generateKeyPair({ algorithm })])
      const digits = algorithm === 'ed25519' ? 64 : 66
      for (const { publicKey, privateKey } of pairs) {
        same(new RegExp(`^${algorithm}/[0-9a-f]{${digits}}$`).test(publicKey), true, publicKey)
        same(new RegExp(`^${algorithm}-private/[0-9a-f]{64}$`).test(privateKey), true, 'private key')
      }
      same(new Set(pairs.flatMap((pair) => Object.values(pair))).size, 4)
    },
  },
  {
    name: `${algorithm}: keys survive PEM and JWK`,
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair({ algorithm })
      same(await importPublicKey(await exportPublicKey(publicKey, 'pem')), publicKey, 'public PEM')
      same(await importPublicKey(await exportPublicKey(publicKey, 'jwk')), publicKey, 'public JWK')
      same(await importPrivateKey(await exportPrivateKey(privateKey, 'pem')), privateKey, 'private PEM')
      same(await importPrivateKey(await exportPrivateKey(privateKey, 'jwk')), privateKey, 'private JWK')
    },
  },
  {
    name: `${algorithm}: the public key of a known private key is the known one`,
    run: async () => {
      const { publicKey, privateKey } = KNOWN[algorithm]
      const { d: _, ...jwk } = await exportPrivateKey(privateKey, 'jwk')
      same(await importPublicKey(jwk), publicKey)
    },
  },
  {
    name: `${algorithm}: the platform reads the PEM that is exported`,
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair({ algorithm })
      const [open, secret] = [await exportPublicKey(publicKey, 'pem'), await exportPrivateKey(privateKey, 'pem')]
      await assertPairs(
        await crypto.subtle.importKey('pkcs8', der(secret), PLATFORM[algorithm], false, ['sign']),
        await crypto.subtle.importKey('spki', der(open), PLATFORM[algorithm], false, ['verify']),
        algorithm,
      )
    },
  },
  {
    name: `${algorithm}: the platform reads the JWK that is exported`,
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair({ algorithm })
      const [open, secret] = [await exportPublicKey(publicKey, 'jwk'), await exportPrivateKey(privateKey, 'jwk')]
      await assertPairs(
        await crypto.subtle.importKey('jwk', secret as JsonWebKey, PLATFORM[algorithm], false, ['sign']),
        await crypto.subtle.importKey('jwk', open as JsonWebKey, PLATFORM[algorithm], false, ['verify']),
        algorithm,
      )
    },
  },
  {
    name: `${algorithm}: keys that the platform made and exported are read`,
    run: async () => {
      const pair = await crypto.subtle.generateKey(PLATFORM[algorithm], true, ['sign', 'verify'])
      const { publicKey, privateKey } = pair as CryptoKeyPair
      const open = await importPublicKey(await exported(publicKey))
      same(await importPublicKey(pem('PUBLIC KEY', await crypto.subtle.exportKey('spki', publicKey))), open, 'SPKI')
      const secret = await importPrivateKey(await exported(privateKey))
      same(
        await importPrivateKey(pem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', privateKey))),
        secret,
        'PKCS #8',
      )
      const { d: _, ...derived } = await exportPrivateKey(secret, 'jwk')
      same(await importPublicKey(derived), open, 'derived public key')
    },
  },
  {
    name: `${algorithm}: a private JWK with the public key of another is refused`,
    run: async () => {
      const [alice, mallory] = [await generateKeyPair({ algorithm }), await generateKeyPair({ algorithm })]
      const jwk = {
        ...(await exportPrivateKey(alice.privateKey, 'jwk')),
        ...(await exportPublicKey(mallory.publicKey, 'jwk')),
      }
      await misused(importPrivateKey(jwk), 'key: the private key does not belong to the public key beside it')
    },
  },
]

export const keyCases: readonly Case[] = [
  ...ALGORITHMS.flatMap(casesOf),
  {
    name: 'an Ed25519 public key of small order is refused',
    run: async () => {
      for (const hex of SMALL_ORDER) {
        const text = `ed25519/${hex}`
        await misused(importPublicKey(text), 'key: ')
        await misused((async () => createVerifier({ keys: text, anchor: null }))(), 'keys: ')
      }
    },
  },
  {
    name: 'a P-256 public key off the curve is refused',
    run: async () => {
      for (const hex of [`02${'00'.repeat(31)}01`, `03${'ff'.repeat(32)}`, `04${'11'.repeat(32)}`]) {
        await misused(importPublicKey(`secp256r1/${hex}`), 'key: ')
      }
    },
  },
  {
    name: 'private keys of zero, or beyond the order of the curve, are refused',
    run: async () => {
      for (const algorithm of ALGORITHMS) {
        await misused(importPrivateKey(`${algorithm}-private/${'00'.repeat(32)}`), 'key: the private key is all zeros')
      }
      await misused(importPrivateKey(`secp256r1-private/${'ff'.repeat(32)}`), 'key: the private key is not below')
    },
  },
]
