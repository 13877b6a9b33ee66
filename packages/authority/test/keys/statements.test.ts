import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { exportPrivateKey, generateKeyPair, mintCapability, mintContext, mintIdentity, type Signer } from '@writ/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certify, isCertified } from '../../src/keys/certify.ts'
import { statementBytes } from '../../src/keys/internal/statement-bytes.ts'
import { signStatement } from '../../src/keys/sign-statement.ts'
import { verifyStatement } from '../../src/keys/verify-statement.ts'

async function createSigner(algorithm: 'ed25519' | 'secp256r1', encoding: 'der' | 'ieee-p1363' = 'ieee-p1363') {
  const { publicKey, privateKey } = await generateKeyPair({ algorithm })
  const key = createPrivateKey(await exportPrivateKey(privateKey, 'pem'))
  const digest = algorithm === 'ed25519' ? null : 'sha256'
  return { publicKey, sign: (message: Uint8Array) => sign(digest, message, { key, dsaEncoding: encoding }) }
}

const members = [7, 1_800_000_000_123, 'ab'.repeat(32), 3] as const

describe('a statement', () => {
  it.each([
    ['Ed25519', 'ed25519', undefined],
    ['P-256', 'secp256r1', 'ieee-p1363'],
    ['P-256 in DER', 'secp256r1', 'der'],
  ] as const)('is verified by the key that signed it: %s', async (_, algorithm, encoding) => {
    const signer = await createSigner(algorithm, encoding)
    for (let round = 0; round < 50; round++) {
      const signature = await signStatement(signer, 'checkpoint', [...members, round])
      expect(signature).toMatch(/^[0-9a-f]{128}$/)
      expect(verifyStatement(signer.publicKey, 'checkpoint', [...members, round], signature)).toBe(true)
    }
  })

  it('does not pass for another key, purpose or member, or with a changed signature', async () => {
    const signer = await createSigner('ed25519')
    const other = await createSigner('ed25519')
    const signature = await signStatement(signer, 'checkpoint', members)
    expect(verifyStatement(other.publicKey, 'checkpoint', members, signature)).toBe(false)
    expect(verifyStatement(signer.publicKey, 'feed-head', members, signature)).toBe(false)
    expect(verifyStatement(signer.publicKey, 'checkpoint', ['7', ...members.slice(1)], signature)).toBe(false)
    expect(verifyStatement(signer.publicKey, 'checkpoint', [...members, ''], signature)).toBe(false)
    for (let digit = 0; digit < signature.length; digit++) {
      const changed = signature.slice(0, digit) + (signature[digit] === '0' ? '1' : '0') + signature.slice(digit + 1)
      expect(verifyStatement(signer.publicKey, 'checkpoint', members, changed)).toBe(false)
    }
  })

  it.each(['', 'ab', 'AB'.repeat(64), ` ${'ab'.repeat(64)}`, 'ab'.repeat(65), `${'ab'.repeat(64)}\n`])(
    'is refused with the signature %j',
    async (signature) => {
      const { publicKey } = await createSigner('ed25519')
      expect(verifyStatement(publicKey, 'checkpoint', members, signature)).toBe(false)
    },
  )

  it.each([
    '',
    'ed25519/',
    `ed25519/${'0'.repeat(62)}`,
    `secp256r1/05${'0'.repeat(64)}`,
    `secp256r1/02${'f'.repeat(64)}`,
  ])('is refused with the public key %j', async (publicKey) => {
    const signature = await signStatement(await createSigner('ed25519'), 'checkpoint', members)
    expect(verifyStatement(publicKey, 'checkpoint', members, signature)).toBe(false)
  })

  it.each(['lies about its key', 'returns nothing', 'returns other bytes'])(
    'is not signed by a signer that %s',
    async (how) => {
      const honest = await createSigner('ed25519')
      const { privateKey } = generateKeyPairSync('ed25519')
      const answers: Record<string, Signer['sign']> = {
        'lies about its key': (message) => sign(null, message, privateKey),
        'returns nothing': () => new Uint8Array(),
        'returns other bytes': () => new Uint8Array(64),
      }
      const signer = { publicKey: honest.publicKey, sign: answers[how] as Signer['sign'] }
      await expect(signStatement(signer, 'key', members)).rejects.toThrow('no signature by its key')
    },
  )

  it('has other bytes whenever its purpose or its members differ', () => {
    const purpose = fc.constantFrom('key', 'feed-head', 'checkpoint')
    const list = fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 5 })
    fc.assert(
      fc.property(purpose, list, purpose, list, (onePurpose, one, otherPurpose, other) => {
        const same = onePurpose === otherPurpose && JSON.stringify(one) === JSON.stringify(other)
        expect(statementBytes(onePurpose, one).equals(statementBytes(otherPurpose, other))).toBe(same)
      }),
    )
  })

  it('starts as nothing does that is signed for a token', async () => {
    const { publicKey, sign: signMessage } = await createSigner('ed25519')
    const signed: string[] = []
    const signer = {
      publicKey,
      sign(message: Uint8Array) {
        signed.push(Buffer.from(message).toString('latin1'))
        return signMessage(message)
      },
    }
    await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, signer)
    await mintIdentity({ subject: 'alice' }, signer)
    await mintContext({ subject: 'alice' }, signer)
    expect(signed.length).toBeGreaterThanOrEqual(3)
    for (const message of signed) expect(message.startsWith('\0WRIT\0')).toBe(false)
    expect(statementBytes('key', []).toString('latin1')).toBe('\0WRIT\0key\0[]')
  })
})

describe('a certificate', () => {
  it('vouches for one key, one id and one purpose, by one certifier', async () => {
    const signer = await createSigner('ed25519')
    const mallory = await createSigner('ed25519')
    const root = { id: 1, publicKey: signer.publicKey, signer }
    const key = { id: 2, purpose: 'feed', publicKey: (await createSigner('ed25519')).publicKey } as const
    const certificate = await certify(root, key)
    expect(isCertified(key, certificate, root)).toBe(true)
    expect(isCertified({ ...key, purpose: 'root' }, certificate, root)).toBe(false)
    expect(isCertified({ ...key, id: 3 }, certificate, root)).toBe(false)
    expect(isCertified({ ...key, publicKey: mallory.publicKey }, certificate, root)).toBe(false)
    expect(isCertified(key, certificate, { id: 1, publicKey: mallory.publicKey })).toBe(false)
    expect(isCertified(key, certificate, { id: 4, publicKey: signer.publicKey })).toBe(false)
  })
})
