import {
  CapabilityError,
  createRevocationList,
  createVerifier,
  generateKeyPair,
  inspect,
  type Keys,
  revocationIds,
} from '@writ/core'
import {
  ALGORITHMS,
  type Case,
  fromBase64Url,
  mint,
  NOW,
  narrow,
  READ,
  READ_ACME,
  refused,
  same,
  toBase64Url,
  verify,
} from './support.ts'

/** A key pair, a capability of alice, and the same one for the tenant acme alone. */
async function issue(algorithm?: (typeof ALGORITHMS)[number]) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm === undefined ? {} : { algorithm })
  const broad = await mint(privateKey)
  return { publicKey, privateKey, broad, token: await narrow(broad, publicKey) }
}

const casesOf = (algorithm: (typeof ALGORITHMS)[number]): readonly Case[] => [
  {
    name: `${algorithm}: a token with one flipped bit is refused`,
    run: async () => {
      const { publicKey, token } = await issue(algorithm)
      const bytes = fromBase64Url(token)
      for (let bit = 0; bit < bytes.length * 8; bit += 13) {
        const flipped = bytes.slice()
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const error: unknown = await verify(toBase64Url(flipped), publicKey, READ_ACME).then(
          () => `bit ${bit} was flipped, and the token accepted`,
          (thrown: unknown) => thrown,
        )
        if (!(error instanceof CapabilityError)) throw new Error(`bit ${bit}: ${error}`)
        same(
          ['malformed_token', 'invalid_signature'].includes(error.publicCode),
          true,
          `bit ${bit}: ${error.publicCode}`,
        )
      }
    },
  },
  {
    name: `${algorithm}: a token of another key is refused`,
    run: async () => {
      const [{ token }, { publicKey }] = [await issue(algorithm), await issue(algorithm)]
      await refused(verify(token, publicKey, READ_ACME), 'invalid_signature')
      await refused(inspect(token, publicKey), 'invalid_signature')
    },
  },
  {
    name: `${algorithm}: revoking any block refuses the token, and revoking the last block spares the wider token`,
    run: async () => {
      const { publicKey, broad, token } = await issue(algorithm)
      const [first = '', last = ''] = revocationIds(token)
      for (const id of [first, last]) {
        const revocation = createRevocationList([id.toUpperCase()])
        await refused(verify(token, publicKey, READ_ACME, { revocation }), 'revoked')
      }
      const revocation = createRevocationList([last])
      await verify(broad, publicKey, READ, { revocation })
    },
  },
]

const tokenCases: readonly Case[] = [
  {
    name: 'a text that is not a token is malformed',
    run: async () => {
      const { publicKey, broad } = await issue()
      const body = broad.replace(/=+$/, '')
      const texts = ['', 'nonsense', 'AB', '====', ` ${broad}`, `${broad}\n`, `${body.slice(0, 40)} ${body.slice(40)}`]
      for (const text of [...texts, `${body}é`, `${body.slice(0, 10)}+/${body.slice(12)}`, body.slice(0, -8)]) {
        await refused(verify(text, publicKey), 'malformed_token')
      }
    },
  },
  {
    name: 'a token expires in the second that it names, or later by the clock tolerance',
    run: async () => {
      const { publicKey, broad } = await issue()
      const at = (seconds: number, clockTolerance = 0) =>
        verify(broad, publicKey, READ, { now: () => NOW + seconds, clockTolerance })
      await at(299.999)
      await refused(at(300), 'expired')
      await at(359.999, 60)
      await refused(at(360, 60), 'expired')
      await refused(createVerifier({ keys: publicKey, anchor: null, now: () => NOW + 300 }).prove(broad), 'expired')
    },
  },
  {
    name: 'a token lives by the clock of the platform when none is given',
    run: async () => {
      const { publicKey, privateKey } = await issue()
      const live = await mint(privateKey, { now: undefined, expiresIn: '1h' })
      same(
        Math.abs((await verify(live, publicKey, READ, { now: undefined })).expiresAt - Date.now() / 1000 - 3600) < 60,
        true,
      )
      const dead = await mint(privateKey, { now: () => 1_000_000_000 })
      await refused(verify(dead, publicKey, READ, { now: undefined }), 'expired')
    },
  },
  {
    name: 'a token for another resource, operation or subject is refused',
    run: async () => {
      const { publicKey, broad } = await issue()
      await refused(verify(broad, publicKey, { ...READ, resource: 'payslips' }), 'wrong_resource')
      await refused(verify(broad, publicKey, { ...READ, operation: 'write' }), 'wrong_operation')
      await refused(verify(broad, publicKey, { ...READ, subject: 'bob' }), 'wrong_subject')
      await verify(broad, publicKey, { ...READ, subject: 'alice' })
    },
  },
  {
    name: 'a token for another object is refused, and says which',
    run: async () => {
      const { publicKey, token } = await issue()
      const error = await refused(
        verify(token, publicKey, { ...READ, designations: { tenantId: 'globex' } }),
        'wrong_designation',
      )
      same([error.label, error.expected, error.actual, error.block], ['tenantId', 'acme', 'globex', 1])
      await refused(verify(token, publicKey), 'missing_designation')
    },
  },
  {
    name: 'a token that does not name the object is refused, unless that is allowed',
    run: async () => {
      const { publicKey, broad, token } = await issue()
      await refused(verify(broad, publicKey, READ_ACME), 'undesignated')
      const capability = await verify(broad, publicKey, { ...READ_ACME, allowUndesignated: true })
      same(capability.designations, {})
      await refused(verify(token, publicKey, READ_ACME, { designatedBy: 'authority' }), 'undesignated')
    },
  },
  {
    name: 'a token for another service, or without an anchor, is refused',
    run: async () => {
      const { publicKey, broad } = await issue()
      const token = await narrow(broad, publicKey, { anchor: 'service:billing' })
      await verify(token, publicKey, READ, { anchor: 'service:billing' })
      await refused(verify(token, publicKey, READ, { anchor: 'service:payroll' }), 'wrong_anchor')
      await refused(verify(token, publicKey), 'wrong_anchor')
      await refused(verify(broad, publicKey, READ, { anchor: 'service:billing' }), 'wrong_anchor')
      await verify(broad, publicKey, READ, { anchor: 'service:billing', allowUnanchored: true })
    },
  },
  {
    name: 'a token beyond a limit is refused',
    run: async () => {
      const { publicKey, token } = await issue()
      await refused(verify('A'.repeat(16_385), publicKey), 'limits_exceeded', 'malformed_token')
      await refused(
        verify(token, publicKey, READ_ACME, { limits: { blocks: 1 } }),
        'limits_exceeded',
        'malformed_token',
      )
      await refused(verify(token, publicKey, READ_ACME, { limits: { steps: 1 } }), 'limits_exceeded')
    },
  },
  {
    name: 'a CapabilityError is an Error with a fixed message whose JSON holds only its code',
    run: async () => {
      const { publicKey, token } = await issue()
      const tenantId = 'a\n\u001b[31m\u202e\u0000"🎉'
      const error = await refused(
        verify(token, publicKey, { ...READ, designations: { tenantId } }),
        'wrong_designation',
      )
      same(
        [error instanceof Error, error.name, error.message],
        [true, 'CapabilityError', 'the token names another object'],
      )
      same(error.actual, 'a\\u{a}\\u{1b}[31m\\u{202e}\\u{0}"🎉')
      same(JSON.parse(JSON.stringify(error)), { name: 'CapabilityError', code: 'wrong_designation' })
    },
  },
]

const keyCases: readonly Case[] = [
  {
    name: 'a root key is chosen by its id, and other root keys are never tried',
    run: async () => {
      const [{ publicKey, privateKey }, other] = [await issue(), await issue('secp256r1')]
      const keys: Keys = new Map<number | 'default', string>([
        [1, publicKey],
        [2, other.publicKey],
        ['default', other.publicKey],
      ])
      await verify(await mint(privateKey, { rootKeyId: 1 }), keys)
      await verify(await mint(other.privateKey, { rootKeyId: 2 }), keys)
      await verify(other.broad, keys)
      await refused(verify(await mint(privateKey, { rootKeyId: 2 }), keys), 'malformed_token')
      await refused(verify(await mint(privateKey, { rootKeyId: 3 }), keys), 'untrusted_key', 'invalid_signature')
    },
  },
  {
    name: 'a resolver finds root keys synchronously or not, and its failure is unavailable',
    run: async () => {
      const { publicKey, privateKey, broad } = await issue()
      const token = await mint(privateKey, { rootKeyId: 7 })
      await verify(token, (id) => (id === 7 ? publicKey : undefined))
      await verify(broad, async (id) => (id === undefined ? publicKey : undefined))
      await refused(
        verify(token, async () => undefined),
        'untrusted_key',
        'invalid_signature',
      )
      const failing: Keys = () => {
        throw new Error('no connection')
      }
      await refused(verify(token, failing), 'unavailable')
      await refused(
        verify(token, () => Promise.reject(new Error('no connection'))),
        'unavailable',
      )
      await refused(
        verify(token, () => 'nonsense'),
        'unavailable',
      )
    },
  },
  {
    name: 'a revocation check, a clock or a designations function that fails makes the answer unavailable',
    run: async () => {
      const { publicKey, token } = await issue()
      const fail = () => {
        throw new Error('no connection')
      }
      await refused(verify(token, publicKey, READ_ACME, { revocation: { isRevoked: fail } }), 'unavailable')
      const later = { isRevoked: () => Promise.reject(new Error('no connection')) }
      await refused(verify(token, publicKey, READ_ACME, { revocation: later }), 'unavailable')
      await refused(verify(token, publicKey, READ_ACME, { now: fail }), 'unavailable')
      await refused(verify(token, publicKey, READ_ACME, { now: () => Number.NaN }), 'unavailable')
      await refused(verify(token, publicKey, { ...READ, designations: fail }), 'unavailable')
      await refused(
        verify(token, publicKey, { resource: 'payslips', operation: 'read', designations: fail }),
        'wrong_resource',
      )
    },
  },
]

export const refusalCases: readonly Case[] = [...ALGORITHMS.flatMap(casesOf), ...tokenCases, ...keyCases]
