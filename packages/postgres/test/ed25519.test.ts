import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SIGNATURE_UNDER_IDENTITY, SMALL_ORDER_POINTS } from '../../core/test/support/keys.ts'
import { createDatabase, SERVER, type TestDatabase } from './support/database.ts'

const L = 2n ** 252n + 27742317777372353535851937790883648493n
const P = 2n ** 255n - 19n

const keyOf = (seed: Buffer) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  })
const publicOf = (seed: Buffer) => createPublicKey(keyOf(seed)).export({ type: 'spki', format: 'der' }).subarray(-32)
const publicKey = (bytes: Buffer) =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' })
const littleEndian = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()
const numberOf = (bytes: Buffer) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

/** RFC 8032 section 7.1, tests 1 to 3: seed, public key, message, signature. */
const RFC_8032 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const

describe.skipIf(SERVER === undefined)('Ed25519 in SQL', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createDatabase(SERVER as string)
  })

  afterAll(() => database?.remove())

  const one = async (text: string, ...values: readonly unknown[]) =>
    (await database.owner.query<{ answer: boolean }>(`select ${text} as answer`, [...values])).rows[0]?.answer
  const verifies = (key: Buffer, signature: Uint8Array, message: Buffer) =>
    one('writ.verify_ed25519($1, $2, $3)', key, Buffer.from(signature), message)

  it('verifies the vectors of RFC 8032, and derives their keys', async () => {
    for (const vector of RFC_8032) {
      const [seed, key, message, signature] = vector.map((hex) => Buffer.from(hex, 'hex')) as [
        Buffer,
        Buffer,
        Buffer,
        Buffer,
      ]
      expect(await verifies(key, signature, message)).toBe(true)
      expect(await one('writ.is_ed25519_pair($1, $2)', seed, key)).toBe(true)
    }
  })

  it('agrees with the platform about signatures, changed ones, and keys', async () => {
    for (let round = 0; round < 40; round++) {
      const seed = randomBytes(32)
      const key = publicOf(seed)
      const message = randomBytes(round * 7)
      const signature = sign(null, message, keyOf(seed))
      const changed = Buffer.from(signature)
      changed[round % 64] = (changed[round % 64] as number) ^ (1 << (round % 8))
      const otherKey = Buffer.from(key)
      otherKey[round % 32] = (otherKey[round % 32] as number) ^ (1 << (round % 8))
      const seeds = [seed, Buffer.from(seed).fill(round, 5, 6)] as const
      const report = { seed: seed.toString('hex'), round }
      expect({ ...report, ok: await verifies(key, signature, message) }).toEqual({ ...report, ok: true })
      expect({ ...report, ok: await verifies(key, changed, message) }).toEqual({ ...report, ok: false })
      expect(await verifies(otherKey, signature, message)).toBe(verify(null, message, publicKey(otherKey), signature))
      expect(await one('writ.is_ed25519_pair($1, $2)', seed, key)).toBe(true)
      expect(await one('writ.is_ed25519_pair($1, $2)', seeds[1], key)).toBe(seeds[1].equals(seed))
      expect(
        await one('writ.is_ed25519_pair($1, $2)', seed, Buffer.from(key).fill((key[31] as number) ^ 128, 31)),
      ).toBe(false)
    }
  })

  it('refuses S + L, which is the same signature with another id', async () => {
    const seed = Buffer.alloc(32, 7)
    const signature = sign(null, Buffer.from('x'), keyOf(seed))
    const larger = Buffer.concat([signature.subarray(0, 32), littleEndian(numberOf(signature.subarray(32)) + L)])
    expect(await verifies(publicOf(seed), signature, Buffer.from('x'))).toBe(true)
    expect(await verifies(publicOf(seed), larger, Buffer.from('x'))).toBe(false)
  })

  it('refuses keys and R of small order, and points that are not canonical', async () => {
    const odd = [...SMALL_ORDER_POINTS, ...[0n, 1n, 18n].map((y) => littleEndian(P + y).toString('hex'))]
    for (const hex of odd) {
      const point = Buffer.from(hex, 'hex')
      expect({ hex, ok: await one('writ.is_usual_point($1)', point) }).toEqual({ hex, ok: false })
      expect(await verifies(point, SIGNATURE_UNDER_IDENTITY, Buffer.from('any'))).toBe(false)
      expect(await verifies(point, Buffer.concat([point, Buffer.alloc(32)]), Buffer.from('any'))).toBe(false)
      await expect(database.owner.query('select writ.trust($1)', [`ed25519/${hex}`])).rejects.toThrow('signs nothing')
    }
    for (const y of [P - 2n, 3n]) expect(await one('writ.is_usual_point($1)', littleEndian(y))).toBe(true)
  })

  it('refuses a signature with an R of small order that the key itself has made', async () => {
    // With R the identity and S = h * a, the equation holds: only the holder of the key can make it.
    const seed = Buffer.alloc(32, 9)
    const digest = createHash('sha512').update(seed).digest().subarray(0, 32)
    digest[0] = (digest[0] as number) & 248
    digest[31] = ((digest[31] as number) & 127) | 64
    const r = Buffer.from(SMALL_ORDER_POINTS[0] as string, 'hex')
    const message = Buffer.from('message')
    const h =
      numberOf(
        createHash('sha512')
          .update(Buffer.concat([r, publicOf(seed), message]))
          .digest(),
      ) % L
    const signature = Buffer.concat([r, littleEndian((h * numberOf(digest)) % L)])
    const equation = `writ.is_point($1, writ.sum_of_multiples(
      -writ.point_x($2), writ.number_of(set_byte($2, 31, get_byte($2, 31) & 127)), $3, $4))`
    expect(await one(equation, r, publicOf(seed), littleEndian(h), signature.subarray(32))).toBe(true)
    expect(await verifies(publicOf(seed), signature, message)).toBe(false)
  })

  it('refuses keys that are no point of the curve, and lengths that are none', async () => {
    const signature = sign(null, Buffer.from('x'), keyOf(Buffer.alloc(32, 7)))
    let off = 0
    for (let y = 2; y < 30; y++) {
      const key = littleEndian(BigInt(y))
      if ((await database.owner.query('select writ.point_x($1) as x', [key])).rows[0].x === null) off++
      expect(await verifies(key, signature, Buffer.from('x'))).toBe(false)
    }
    expect(off).toBeGreaterThan(5)
    const key = publicOf(Buffer.alloc(32, 7))
    expect(await verifies(key.subarray(1), signature, Buffer.from('x'))).toBe(false)
    expect(await verifies(key, signature.subarray(1), Buffer.from('x'))).toBe(false)
    expect(await one('writ.is_ed25519_pair($1, $2)', Buffer.alloc(31, 7), key)).toBe(false)
  })
})
