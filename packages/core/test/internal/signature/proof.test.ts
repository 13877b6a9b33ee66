import { describe, expect, it } from 'vitest'
import { secretOf } from '../../support/forge/crypto.ts'
import { capabilityBlock, designationCheck, fact } from '../../support/forge/datalog.ts'
import { readToken, type SignedBlock, writeToken } from '../../support/forge/envelope.ts'
import { appendBlock, forge, forgeEnvelope, sealToken } from '../../support/forge/forge.ts'
import { gateway, mallory, root, rootP256, SIGNATURE_UNDER_IDENTITY } from '../../support/keys.ts'
import { capability, expectRefused, READ_ACME, READ_INVOICES, refusal, verify } from '../../support/verify.ts'

const acme = { checks: [designationCheck('tenantId', 'acme')] }
const broad = capability()
const narrow = capability(capabilityBlock(), [acme])

describe('the chain of signatures', () => {
  it.each([
    ['Ed25519', root],
    ['P-256', rootP256],
  ])('an honest token is accepted under %s, open and sealed', async (_name, { publicKey, privateKey }) => {
    const token = forge({ root: privateKey, authority: capabilityBlock(), blocks: [acme] })
    for (const text of [token, sealToken(token)]) {
      await expect(verify(text, READ_ACME, { keys: publicKey })).resolves.toMatchObject({
        designations: { tenantId: 'acme' },
      })
    }
  })

  it('a token that another root key signed is refused', async () => {
    await expectRefused(verify(forge({ root: mallory.privateKey, authority: capabilityBlock() })), {
      code: 'invalid_signature',
      publicCode: 'invalid_signature',
    })
  })

  it('only operators learn which block does not verify', async () => {
    const envelope = readToken(capability(capabilityBlock(), [acme, acme]))
    const [first, second] = envelope.blocks as [SignedBlock, SignedBlock]
    const broken = (block: SignedBlock) => ({ ...block, signature: new Uint8Array(64) })
    const changed = [
      { ...envelope, authority: broken(envelope.authority) },
      { ...envelope, blocks: [broken(first), second] },
      { ...envelope, blocks: [first, broken(second)] },
    ]
    for (const [block, token] of changed.entries()) {
      const error = await expectRefused(verify(writeToken(token)), { code: 'invalid_signature', block })
      expect(JSON.parse(JSON.stringify(error))).toEqual({ name: 'CapabilityError', code: 'invalid_signature' })
    }
    await expectRefused(verify(writeToken({ ...envelope, blocks: [first] })), { code: 'invalid_signature', block: 1 })
  })

  it('a root key of the other curve is refused', async () => {
    await expectRefused(verify(broad, READ_INVOICES, { keys: rootP256.publicKey }), { code: 'malformed_token' })
  })

  it('blocks in another order are refused', async () => {
    const envelope = readToken(
      capability(capabilityBlock(), [{ facts: [fact('role', 'admin')] }, { facts: [fact('team', 'member')] }]),
    )
    const blocks = [...envelope.blocks].reverse()
    await expectRefused(verify(writeToken({ ...envelope, blocks })), { code: 'invalid_signature' })
  })

  it('a block that comes from another token is refused', async () => {
    const other = { ...capabilityBlock(), signing: { nextKey: mallory.privateKey } }
    const { blocks } = readToken(capability(other, [acme]))
    await expectRefused(verify(writeToken({ ...readToken(narrow), blocks })), { code: 'invalid_signature' })
  })

  it('a third-party block that is moved to another token is refused, although its key signed it', async () => {
    const approval = { facts: [fact('designation', 'tenantId', 'acme')], signing: { external: gateway.privateKey } }
    const approved = readToken(capability(capabilityBlock(), [approval]))
    const other = readToken(capability(capabilityBlock({ subject: 'mallory' })))
    const block = approved.blocks[0]!
    const moved = appendBlock(writeToken(other), {
      raw: block.block,
      signing: { external: gateway.privateKey, externalSignature: block.external!.signature },
    })
    await expectRefused(verify(moved), { code: 'invalid_signature' })
  })

  it('a third-party block that another key signed than the one it names is refused', async () => {
    const forged = { facts: [], signing: { external: mallory.privateKey, externalKey: gateway.publicKey } }
    await expectRefused(verify(capability(capabilityBlock(), [forged])), { code: 'invalid_signature' })
  })

  it('a block that another key signed than the one the previous block names is refused', async () => {
    const stolen = { ...acme, signing: { signedBy: mallory.privateKey } }
    await expectRefused(verify(capability(capabilityBlock(), [stolen])), { code: 'invalid_signature' })
  })

  it('a signature that some runtimes accept for every message is refused', async () => {
    const weak = { ...capabilityBlock(), signing: { signature: SIGNATURE_UNDER_IDENTITY } }
    await expectRefused(verify(capability(weak)), { code: 'invalid_signature' })
  })

  it('a token with one flipped bit is refused', async () => {
    const bytes = Buffer.from(narrow, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      const error = await refusal(verify(flipped.toString('base64url'), READ_ACME))
      expect(['malformed_token', 'invalid_signature']).toContain(error.publicCode)
    }
  })
})

describe('the proof', () => {
  it('the proof stops a holder from cutting the narrowing off again', async () => {
    const { blocks: _cut, ...rest } = readToken(narrow)
    await expectRefused(verify(writeToken({ ...rest, blocks: [] })), { code: 'invalid_signature' })
  })

  it('the proof stops a holder from replacing the secret of the last block', async () => {
    const envelope = readToken(broad)
    const proof = { nextSecret: secretOf(mallory.privateKey) }
    await expectRefused(verify(writeToken({ ...envelope, proof })), { code: 'invalid_signature' })
  })

  it('the proof stops a holder from unsealing: a sealed token has no secret to append with', async () => {
    const sealed = readToken(sealToken(narrow))
    const seal = sealed.proof.finalSignature!
    for (const proof of [
      { nextSecret: seal.subarray(0, 32) },
      { nextSecret: seal.subarray(32) },
      { nextSecret: seal },
    ]) {
      await expectRefused(verify(writeToken({ ...sealed, proof }), READ_ACME), { code: 'invalid_signature' })
    }
  })

  it('a seal over another block is refused', async () => {
    const sealed = readToken(sealToken(narrow))
    const { proof } = readToken(sealToken(broad))
    await expectRefused(verify(writeToken({ ...sealed, proof }), READ_ACME), { code: 'invalid_signature' })
    await expectRefused(verify(writeToken({ ...sealed, blocks: [] })), { code: 'invalid_signature' })
  })

  it.each([0, 31, 33, 64])('a proof with a secret of %d bytes is refused', async (length) => {
    const proof = { nextSecret: new Uint8Array(length).fill(1) }
    await expectRefused(verify(writeToken({ ...readToken(broad), proof })), { code: 'invalid_signature' })
  })

  it('a proof with a P-256 secret that is zero or above the order of the curve is refused', async () => {
    const envelope = forgeEnvelope({
      root: root.privateKey,
      authority: { ...capabilityBlock(), signing: { nextKey: rootP256.privateKey } },
    })
    for (const fill of [0, 255]) {
      const proof = { nextSecret: new Uint8Array(32).fill(fill) }
      await expectRefused(verify(writeToken({ ...envelope, proof })), { code: 'invalid_signature' })
    }
    await expect(verify(writeToken(envelope))).resolves.toMatchObject({ subject: 'alice' })
  })
})

describe('the root key', () => {
  const withId = (rootKeyId: number) => capability(capabilityBlock(), [], { rootKeyId })
  const keys = new Map<number | 'default', string>([
    ['default', root.publicKey],
    [1, mallory.publicKey],
    [7, root.publicKey],
  ])

  it('the root key is found by its id, and a token without an id gets the default', async () => {
    await expect(verify(withId(7), READ_INVOICES, { keys })).resolves.toMatchObject({ rootKeyId: 7 })
    await expect(verify(broad, READ_INVOICES, { keys })).resolves.toMatchObject({ rootKeyId: undefined })
  })

  it('the root key is never searched for among the other keys', async () => {
    await expectRefused(verify(withId(1), READ_INVOICES, { keys }), { code: 'invalid_signature' })
    const noDefault = new Map([[7, root.publicKey]])
    await expectRefused(verify(broad, READ_INVOICES, { keys: noDefault }), {
      code: 'untrusted_key',
      publicCode: 'invalid_signature',
    })
    await expectRefused(verify(withId(2), READ_INVOICES, { keys }), { code: 'untrusted_key' })
  })

  it('a resolver is asked for the root key of every token', async () => {
    const asked: (number | undefined)[] = []
    let current: string | undefined = root.publicKey
    const resolver = async (id: number | undefined) => {
      asked.push(id)
      return current
    }
    await verify(withId(4294967295), READ_INVOICES, { keys: resolver })
    await verify(broad, READ_INVOICES, { keys: resolver })
    current = undefined
    await expectRefused(verify(broad, READ_INVOICES, { keys: resolver }), { code: 'untrusted_key' })
    expect(asked).toEqual([4294967295, undefined, undefined])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['returns what is no key', () => 'no key'],
    ['returns a private key', () => root.privateKey],
    ['returns another type', () => 7 as unknown as string],
  ])('a token is refused as unavailable when the resolver %s', async (_name, keys) => {
    await expectRefused(verify(broad, READ_INVOICES, { keys }), { code: 'unavailable', publicCode: 'unavailable' })
  })
})
