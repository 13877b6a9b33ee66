import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  activate,
  addExposure,
  attest,
  compactContext,
  createContextVerifier,
  createIdentityVerifier,
  createUseLedger,
  createVerifier,
  forkContext,
  importPublicKey,
  mintCapability,
  mintContext,
  mintIdentity,
  type Signer,
} from '../../src/index.ts'
import { withS } from '../support/forge/crypto.ts'
import { readToken } from '../support/forge/envelope.ts'
import { activator, gateway, root } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { createOracle } from '../support/oracle/oracle.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const now = () => NOW
const right = { subject: 'alice', resource: 'invoices', operation: 'read', now }
const READ = { resource: 'invoices', operation: 'read' }

type Curve = 'ed25519' | 'secp256r1'
type Encoding = 'der' | 'ieee-p1363'

/** A key management service: a key of Node that never leaves this function. */
async function service(curve: Curve, encoding: Encoding = 'der', change = (signature: Uint8Array) => signature) {
  const { privateKey, publicKey } =
    curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer: Signer & { readonly messages: Uint8Array[] } = {
    publicKey: await importPublicKey(publicKey.export({ format: 'pem', type: 'spki' }).toString()),
    messages: [],
    async sign(message) {
      this.messages.push(message)
      return change(signBy(privateKey, curve, encoding, message))
    },
  }
  return signer
}

function signBy(key: KeyObject, curve: Curve, dsaEncoding: Encoding, message: Uint8Array): Uint8Array {
  return curve === 'ed25519' ? sign(null, message, key) : sign('sha256', message, { key, dsaEncoding })
}

describe.each<[string, Curve, Encoding]>([
  ['an Ed25519 signer', 'ed25519', 'der'],
  ['a P-256 signer that returns DER', 'secp256r1', 'der'],
  ['a P-256 signer that returns 64 bytes', 'secp256r1', 'ieee-p1363'],
])('%s', (_, curve, encoding) => {
  it('a signer mints capabilities, identities and contexts that both readers accept', async () => {
    const signer = await service(curve, encoding)
    const keys = signer.publicKey
    const token = await mintCapability({ ...right, designations: { tenantId: 'acme' }, rootKeyId: 3 }, signer)
    const request = { ...READ, designations: { tenantId: 'acme' } }
    await expect(createVerifier({ keys, anchor: null, now }).verify(token, request)).resolves.toMatchObject({
      subject: 'alice',
      rootKeyId: 3,
    })
    expect(createOracle().judge(token, keys, { ...request, time: NOW })).toBe('allow')
    const identity = await mintIdentity({ subject: 'agent:alice', delegatable: true, now }, signer)
    await expect(createIdentityVerifier({ keys, now }).verify(identity)).resolves.toMatchObject({
      identity: 'agent:alice',
    })
    const context = await mintContext({ subject: 'agent:alice', exposures: ['pii'], source: 'crm', now }, signer)
    await expect(createContextVerifier({ keys, now }).verify(context)).resolves.toMatchObject({ exposures: ['pii'] })
    for (const one of [identity, context]) expect(createOracle().revocationIds(one, keys)).toHaveLength(1)
  })

  it('a signer extends, forks and compacts the contexts of its authority', async () => {
    const signer = await service(curve, encoding)
    const verifier = createContextVerifier({ keys: signer.publicKey, now })
    const context = await mintContext({ subject: 'agent:alice', now }, signer)
    const exposed = await addExposure(context, signer, { exposures: ['pii'], source: 'crm', now })
    const child = await forkContext(exposed, signer, { subject: 'agent:alice:worker', now })
    for (const one of [exposed, child, await compactContext(exposed, signer, { now })]) {
      await expect(verifier.verify(one)).resolves.toMatchObject({ exposures: ['pii'] })
    }
  })

  it('a signer attests and activates', async () => {
    const signer = await service(curve, encoding)
    const attested = { approval: { value: 'acme', by: signer.publicKey } }
    const options = { ...right, attested, activator: signer.publicKey }
    const signing = { keys: root.publicKey, privateKey: signer }
    const latent = await mintCapability(options, root.privateKey)
    const approved = await attest(latent, signing, { designations: { approval: 'acme' }, now })
    const active = await activate(approved, signing, { now })
    const verifier = createVerifier({ keys: root.publicKey, anchor: null, now })
    await expectRefused(verifier.verify(approved, READ), { code: 'not_activated' }, approved)
    await expect(verifier.verify(active, READ)).resolves.toMatchObject({ subject: 'alice' })
    expect(createOracle().revocationIds(active, root.publicKey)).toHaveLength(3)
  })

  it('an answer that is not a signature by the public key is an error that says so, and nothing is minted', async () => {
    const other = await service(curve, encoding)
    const wrong = 'privateKey.sign: what it returned is not a signature by privateKey.publicKey'
    const signs = (change: (signature: Uint8Array) => Uint8Array) => service(curve, encoding, change)
    const signers: readonly Signer[] = [
      { publicKey: (await service(curve)).publicKey, sign: (message) => other.sign(message) },
      await signs((signature) => signature.map((byte, index) => (index === 40 ? byte ^ 1 : byte))),
      await signs((signature) => signature.subarray(0, -1)),
      await signs(() => new Uint8Array()),
      await signs(() => new Uint8Array(64)),
      await signs((signature) => Uint8Array.of(...signature, 0)),
    ]
    for (const signer of signers) {
      expect(await messageOf(mintCapability(right, signer))).toBe(wrong)
    }
  })

  it('a signer cannot change what it signed', async () => {
    const signer = await service(curve, encoding)
    const { publicKey } = signer
    const sign: Signer['sign'] = async (message) => {
      const signature = await signer.sign(message.slice())
      message.fill(0)
      return signature
    }
    const token = await mintCapability(right, { publicKey, sign })
    await expect(createVerifier({ keys: publicKey, anchor: null, now }).verify(token, READ)).resolves.toBeDefined()
  })
})

describe('a signer', () => {
  it('a signer writes the authority block that the reference implementation writes with a private key', async () => {
    const signer = await service('ed25519')
    const capability = {
      ...right,
      designations: { tenantId: 'acme', read: 'read' },
      attested: { approval: { value: 'acme', by: gateway.publicKey } },
      anchor: 'service:billing',
      activator: activator.publicKey,
    }
    const context = { subject: 'agent:alice', exposures: ['pii', 'a&b'], source: 'crm', now }
    const pairs = await Promise.all(
      [root.privateKey, signer].map(async (key) => [
        await mintCapability(capability, key),
        await mintIdentity({ subject: 'agent:alice', delegatable: true, now }, key),
        await mintIdentity({ subject: 'alice', now }, key),
        await mintContext(context, key),
      ]),
    )
    const [theirs, ours] = pairs.map((tokens) =>
      tokens.map(readToken).map(({ authority: { block, version } }) => [Buffer.from(block).toString('hex'), version]),
    )
    expect(ours).toEqual(theirs)
  })

  it('a signature on P-256 is written with the lower s, so that its revocation id does not depend on the signer', async () => {
    for (const s of ['low', 'high'] as const) {
      const token = await mintCapability(right, await service('secp256r1', 'der', (given) => withS(given, s)))
      const { signature } = readToken(token).authority
      expect(Buffer.from(withS(signature, 'low'))).toEqual(Buffer.from(signature))
    }
  })

  it('a signer that fails is unavailable, with its error as the cause', async () => {
    const { publicKey } = root
    const cause = new Error('the service is down')
    const failing: readonly Signer[] = [
      { publicKey, sign: () => Promise.reject(cause) },
      {
        publicKey,
        sign: () => {
          throw cause
        },
      },
    ]
    for (const signer of failing) await expectRefused(mintCapability(right, signer), { code: 'unavailable', cause }, '')
  })

  it('a signer whose answer is no bytes is an error that says so', async () => {
    for (const answer of [undefined, 'signature', [1, 2], new ArrayBuffer(64)]) {
      const signer = { publicKey: root.publicKey, sign: async () => answer as never }
      expect(await messageOf(mintCapability(right, signer))).toBe('privateKey.sign: must return bytes')
    }
  })

  it('an object that is no signer is refused before anything is written', async () => {
    const sign = () => new Uint8Array(64)
    for (const [signer, message] of [
      [{}, /^privateKey: must be a private key, or a signer with publicKey and sign$/],
      [{ publicKey: root.publicKey }, /^privateKey: must be a private key, or a signer/],
      [{ sign }, /^privateKey\.publicKey: expected a public key as a string, not undefined$/],
      [{ publicKey: root.privateKey, sign }, /^privateKey\.publicKey: this is a private key/],
      [
        { publicKey: `ed25519/01${'00'.repeat(31)}`, sign },
        /^privateKey\.publicKey: the public key is a point of small/,
      ],
      [null, /^privateKey: /],
    ] as const) {
      expect(await messageOf(mintCapability(right, signer as never))).toMatch(message)
    }
  })

  it('a signer is not asked about a token that may not be extended', async () => {
    const signer = await service('ed25519')
    const signing = { keys: root.publicKey, privateKey: signer }
    const token = await mintCapability(right, root.privateKey)
    expect(await messageOf(activate(token, signing, { now }))).toBe('privateKey: the token does not wait for this key')
    expect(await messageOf(mintCapability({ ...right, subject: '' }, signer))).toMatch(/^subject: /)
    expect(signer.messages).toEqual([])
  })

  it('a capability for a single use is recorded under the signature of the signer', async () => {
    const signer = await service('secp256r1')
    const ledger = createUseLedger({ now })
    const token = await mintCapability({ ...right, singleUse: ledger }, signer)
    const verifier = createVerifier({ keys: signer.publicKey, anchor: null, singleUse: ledger, now })
    await expect(verifier.verify(token, READ)).resolves.toMatchObject({ subject: 'alice' })
    await expectRefused(verifier.verify(token, READ), { code: 'already_used' }, token)
  })
})
