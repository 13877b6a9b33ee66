import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { exportPrivateKey } from '../../src/keys/export-private-key.ts'
import { exportPublicKey } from '../../src/keys/export-public-key.ts'
import { importPrivateKey } from '../../src/keys/import-private-key.ts'
import { importPublicKey } from '../../src/keys/import-public-key.ts'
import { parsePrivateKey } from '../../src/keys/internal/private-keys.ts'
import { publicKeyOf } from '../../src/keys/internal/public-key-of.ts'
import { mallory, root, rootP256, SMALL_ORDER_POINTS } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'

const ALGORITHMS = ['ed25519', 'secp256r1'] as const
const PAIRS = { ed25519: root, secp256r1: rootP256 }

const hexOf = (key: string): string => key.slice(key.indexOf('/') + 1)
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const pemOf = (label: string, hex: string): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(hex, 'hex').toString('base64')}\n-----END ${label}-----\n`

function nodeKeyPair(algorithm: (typeof ALGORITHMS)[number]): { publicKey: KeyObject; privateKey: KeyObject } {
  return algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

describe.each(ALGORITHMS)('%s keys in other forms', (algorithm) => {
  const { publicKey, privateKey } = PAIRS[algorithm]

  it('keys survive export to PEM and JWK unchanged', async () => {
    expect(await importPublicKey(await exportPublicKey(publicKey, 'pem'))).toBe(publicKey)
    expect(await importPublicKey(await exportPublicKey(publicKey, 'jwk'))).toBe(publicKey)
    expect(await importPrivateKey(await exportPrivateKey(privateKey, 'pem'))).toBe(privateKey)
    expect(await importPrivateKey(await exportPrivateKey(privateKey, 'jwk'))).toBe(privateKey)
  })

  it('keys are read in Biscuit notation, in any case and with white space around', async () => {
    const upper = (key: string): string => `${key.slice(0, key.indexOf('/'))}/${hexOf(key).toUpperCase()}`
    expect(await importPublicKey(`\n${upper(publicKey)}\r\n`)).toBe(publicKey)
    expect(await importPrivateKey(` ${upper(privateKey)}\n`)).toBe(privateKey)
  })

  it('exported keys equal those of node:crypto byte for byte', async () => {
    const nodePrivate = createPrivateKey(await exportPrivateKey(privateKey, 'pem'))
    const nodePublic = createPublicKey(await exportPublicKey(publicKey, 'pem'))
    expect(createPublicKey(nodePrivate as never).equals(nodePublic)).toBe(true)
    expect(await exportPrivateKey(privateKey, 'pem')).toBe(nodePrivate.export({ type: 'pkcs8', format: 'pem' }))
    expect(await exportPublicKey(publicKey, 'pem')).toBe(nodePublic.export({ type: 'spki', format: 'pem' }))
    expect(await exportPrivateKey(privateKey, 'jwk')).toEqual(nodePrivate.export({ format: 'jwk' }))
    expect(await exportPublicKey(publicKey, 'jwk')).toEqual(nodePublic.export({ format: 'jwk' }))
  })

  it('many keys of node:crypto are read', async () => {
    // Many: coordinates with leading zeros, and both signs of y.
    for (let i = 0; i < 24; i++) {
      const pair = nodeKeyPair(algorithm)
      const imported = await importPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
      const importedPublic = await importPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }) as string)
      expect((await publicKeyOf(parsePrivateKey(imported, 'key'))).text).toBe(importedPublic)
      expect(await importPrivateKey(pair.privateKey.export({ format: 'jwk' }) as never)).toBe(imported)
      expect(await importPublicKey(pair.publicKey.export({ format: 'jwk' }) as never)).toBe(importedPublic)
    }
  })

  it('keys are read from PEM with carriage returns and without a final line break', async () => {
    const pem = await exportPublicKey(publicKey, 'pem')
    expect(await importPublicKey(pem.replaceAll('\n', '\r\n'))).toBe(publicKey)
    expect(await importPublicKey(pem.trim())).toBe(publicKey)
  })

  it('a public key is refused where a private key is needed, and the reverse', async () => {
    for (const format of ['pem', 'jwk'] as const) {
      const wrongPublic = importPublicKey(await exportPrivateKey(privateKey, format as 'pem'))
      expect(await messageOf(wrongPublic)).toBe('key: this is a private key, but a public key is needed')
      const wrongPrivate = importPrivateKey(await exportPublicKey(publicKey, format as 'pem'))
      expect(await messageOf(wrongPrivate)).toBe('key: this is a public key, but a private key is needed')
    }
    await expect(importPublicKey(privateKey)).rejects.toThrow(/^key: this is a private key/)
    await expect(importPrivateKey(publicKey)).rejects.toThrow(/^key: this is a public key/)
    await expect(exportPublicKey(privateKey, 'pem')).rejects.toThrow(/^key: this is a private key/)
    await expect(exportPrivateKey(publicKey, 'pem')).rejects.toThrow(/^key: this is a public key/)
  })

  it('a changed byte in a key file never changes the key, except in the seed of Ed25519', async () => {
    const der = createPrivateKey(await exportPrivateKey(privateKey, 'pem')).export({ type: 'pkcs8', format: 'der' })
    for (let index = 0; index < der.length; index++) {
      const changed = Buffer.from(der)
      changed[index] = (changed[index] ?? 0) ^ 0x01
      const result = await importPrivateKey(pemOf('PRIVATE KEY', changed.toString('hex'))).catch(
        (error: unknown) => error,
      )
      // Ed25519 has nothing to check its seed against; a changed seed is another key.
      const isSeed = algorithm === 'ed25519' && index >= der.length - 32
      if (isSeed) expect(result).toBe(`ed25519-private/${changed.toString('hex').slice(-64)}`)
      else if (typeof result === 'string') expect(result).toBe(privateKey)
      else expect(String(result)).toMatch(/^TypeError: key: /)
    }
  })

  it('a key file that is cut short or has more bytes is refused', async () => {
    const files = [
      [importPrivateKey, 'PRIVATE KEY', await exportPrivateKey(privateKey, 'pem')],
      [importPublicKey, 'PUBLIC KEY', await exportPublicKey(publicKey, 'pem')],
    ] as const
    for (const [read, label, pem] of files) {
      const der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64').toString('hex')
      for (let length = 2; length < der.length; length += 2) {
        await expect(read(pemOf(label, der.slice(0, length)))).rejects.toThrow(/^key: /)
      }
      await expect(read(pemOf(label, `${der}00`))).rejects.toThrow(/^key: /)
      await expect(read(pemOf(label, `${der}${der}`))).rejects.toThrow(/^key: /)
    }
  })
})

describe('importPrivateKey', () => {
  const seed = hexOf(root.privateKey)
  const scalar = hexOf(rootP256.privateKey)
  const P256 = '301306072a8648ce3d020106082a8648ce3d030107'
  const withoutPublicKey = `3041020100${P256}042730250201010420${scalar}`

  it('importPrivateKey reads P-256 without the public key', async () => {
    expect(await importPrivateKey(pemOf('PRIVATE KEY', withoutPublicKey))).toBe(rootP256.privateKey)
  })

  it('importPrivateKey reads P-256 with the curve repeated inside', async () => {
    const der = `304d020100${P256}043330310201010420${scalar}a00a06082a8648ce3d030107`
    expect(await importPrivateKey(pemOf('PRIVATE KEY', der))).toBe(rootP256.privateKey)
    await expect(importPrivateKey(pemOf('PRIVATE KEY', der.replace(/07$/, '08')))).rejects.toThrow(/^key: /)
  })

  it('importPrivateKey reads P-256 with a compressed public key', async () => {
    const der = `3067020100${P256}044d304b0201010420${scalar}a124032200${hexOf(rootP256.publicKey)}`
    expect(await importPrivateKey(pemOf('PRIVATE KEY', der))).toBe(rootP256.privateKey)
  })

  it('importPrivateKey reads Ed25519 with the public key, as Rust libraries write it', async () => {
    const der = `3051020101300506032b657004220420${seed}812100${hexOf(root.publicKey)}`
    expect(await importPrivateKey(pemOf('PRIVATE KEY', der))).toBe(root.privateKey)
  })

  it('importPrivateKey refuses a private key with the public key of another', async () => {
    const der = `3051020101300506032b657004220420${seed}812100${hexOf(mallory.publicKey)}`
    const message = 'key: the private key does not belong to the public key beside it'
    expect(await messageOf(importPrivateKey(pemOf('PRIVATE KEY', der)))).toBe(message)
    const other = await exportPublicKey(mallory.publicKey, 'jwk')
    const jwk = { ...(await exportPrivateKey(root.privateKey, 'jwk')), x: other.x }
    expect(await messageOf(importPrivateKey(jwk))).toBe(message)
  })

  it('importPrivateKey refuses keys of other algorithms and curves', async () => {
    for (const type of ['x25519', 'ed448'] as const) {
      const { privateKey, publicKey } = generateKeyPairSync(type as 'ed448')
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
      await expect(importPrivateKey(pem)).rejects.toThrow(/^key: expected PKCS #8 with an Ed25519 or P-256 key/)
      await expect(importPublicKey(publicKey.export({ type: 'spki', format: 'pem' }) as string)).rejects.toThrow(
        /^key: /,
      )
      await expect(importPrivateKey(privateKey.export({ format: 'jwk' }) as never)).rejects.toThrow(/^key: unknown/)
    }
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    await expect(importPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)).rejects.toThrow(
      /^key: /,
    )
    await expect(importPublicKey(publicKey.export({ type: 'spki', format: 'pem' }) as string)).rejects.toThrow(/^key: /)
    await expect(importPublicKey(publicKey.export({ format: 'jwk' }) as never)).rejects.toThrow(/^key: unknown/)
  })

  it('importPrivateKey says what to do about encrypted keys and the older EC form', async () => {
    const { privateKey } = nodeKeyPair('secp256r1')
    const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    await expect(importPrivateKey(encrypted as string)).rejects.toThrow(/^key: the private key is encrypted/)
    const sec1 = privateKey.export({ type: 'sec1', format: 'pem' })
    await expect(importPrivateKey(sec1 as string)).rejects.toThrow(/^key: expected PKCS #8, convert the key first/)
    await expect(importPublicKey(sec1 as string)).rejects.toThrow(/^key: this is a private key/)
  })

  it('importPrivateKey never prints the key', async () => {
    const jwk = await exportPrivateKey(root.privateKey, 'jwk')
    const pem = await exportPrivateKey(root.privateKey, 'pem')
    const hostile: unknown[] = [
      pem.replace('PRIVATE', 'SECRET'),
      pem.slice(0, -4),
      `${pem}${pem}`,
      { ...jwk, crv: 'Ed448' },
      { ...jwk, d: `${jwk.d}AAAA` },
      { ...jwk, x: undefined },
      { ...jwk, d: 7 },
      root.privateKey.slice(0, -2),
    ]
    for (const key of hostile) {
      const message = await messageOf(importPrivateKey(key as never))
      expect(message).toMatch(/^key: /)
      expect(message).not.toContain(seed.slice(0, 8))
      expect(message).not.toContain(String(jwk.d).slice(0, 8))
    }
  })
})

describe('importPublicKey', () => {
  it('importPublicKey reads P-256 with a compressed point', async () => {
    const der = `3039301306072a8648ce3d020106082a8648ce3d030107032200${hexOf(rootP256.publicKey)}`
    expect(await importPublicKey(pemOf('PUBLIC KEY', der))).toBe(rootP256.publicKey)
  })

  it('importPublicKey refuses DER lengths that are not minimal, and extra elements', async () => {
    const rest = `300506032b6570032100${hexOf(root.publicKey)}`
    expect(await importPublicKey(pemOf('PUBLIC KEY', `302a${rest}`))).toBe(root.publicKey)
    for (const der of [`30812a${rest}`, `3082002a${rest}`, `3080${rest}0000`, `302c${rest}0500`, `312a${rest}`]) {
      await expect(importPublicKey(pemOf('PUBLIC KEY', der)), der).rejects.toThrow(/^key: expected PEM/)
    }
  })

  it('importPublicKey reads the published key of the Hessra SDK', async () => {
    const hex = '031805334536362d5451f32ccefb8e57c9b61be2c4257d6ce96a705a24af3a7397'
    const pem = await exportPublicKey(`secp256r1/${hex}`, 'pem')
    expect(await importPublicKey(pem)).toBe(`secp256r1/${hex}`)
  })

  it('importPublicKey refuses small-order points and points off the curve in every form', async () => {
    for (const hex of SMALL_ORDER_POINTS) {
      await expect(importPublicKey(`ed25519/${hex}`)).rejects.toThrow(/^key: the public key is /)
      await expect(importPublicKey(pemOf('PUBLIC KEY', `302a300506032b6570032100${hex}`))).rejects.toThrow(/^key: /)
      const x = Buffer.from(hex, 'hex').toString('base64url')
      await expect(importPublicKey({ kty: 'OKP', crv: 'Ed25519', x })).rejects.toThrow(/^key: /)
    }
    const jwk = await exportPublicKey(rootP256.publicKey, 'jwk')
    await expect(importPublicKey({ ...jwk, y: jwk.x })).rejects.toThrow(/^key: the public key is not a point/)
    const zero = Buffer.alloc(32).toString('base64url')
    await expect(importPublicKey({ ...jwk, x: zero, y: zero })).rejects.toThrow(/^key: the public key is not a point/)
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['an array', []],
    ['an empty object', {}],
    ['an empty string', ''],
    ['the name of an inherited property', 'constructor'],
    ['a JWK without a curve', { kty: 'OKP' }],
    ['a JWK of a secret', { kty: 'oct', k: 'AA' }],
    ['bytes', bytesOf('00')],
    ['the first line of a PEM file', '-----BEGIN PUBLIC KEY-----'],
    ['a certificate', pemOf('CERTIFICATE', '3000')],
    ['a PEM file without a key in it', pemOf('PUBLIC KEY', '3000')],
  ])('importPublicKey refuses %s', async (_name, key) => {
    await expect(importPublicKey(key as never)).rejects.toThrow(/^key: /)
  })

  it('the export functions refuse an unknown format', async () => {
    for (const format of ['der', 'constructor', undefined]) {
      await expect(exportPublicKey(root.publicKey, format as never)).rejects.toThrow(/^format: /)
      await expect(exportPrivateKey(root.privateKey, format as never)).rejects.toThrow(/^format: /)
    }
  })
})

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe.runIf(hasOpenssl)('keys made by openssl', () => {
  it.each([
    ['ed25519', ['-algorithm', 'ed25519']],
    ['secp256r1', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
  ])('a key that openssl made is read: %s', async (algorithm, args) => {
    const privatePem = execFileSync('openssl', ['genpkey', ...args], { encoding: 'utf8', stdio: 'pipe' })
    const publicPem = execFileSync('openssl', ['pkey', '-pubout'], { encoding: 'utf8', input: privatePem })
    const privateKey = await importPrivateKey(privatePem)
    expect(privateKey).toMatch(new RegExp(`^${algorithm}-private/`))
    expect((await publicKeyOf(parsePrivateKey(privateKey, 'key'))).text).toBe(await importPublicKey(publicPem))
    expect(await exportPrivateKey(privateKey, 'pem')).toBe(privatePem)
    expect(await exportPublicKey(await importPublicKey(publicPem), 'pem')).toBe(publicPem)
  })
})
