import { describe, expect, it } from 'vitest'
import { addExposure, compactContext, createVerifier, forkContext } from '../../src/index.ts'
import { add, contextBlock, exposureBlock, forgeContext, mint, now, reject, verify } from '../support/contexts.ts'
import { publicKeyOf } from '../support/forge/crypto.ts'
import { checkIf, fact, pred, rejectIf, trusting } from '../support/forge/datalog.ts'
import { readToken, writeToken } from '../support/forge/envelope.ts'
import { appendBlock, forge } from '../support/forge/forge.ts'
import { mallory, root, rootP256 } from '../support/keys.ts'
import { codeOf, expectRefused, READ_INVOICES } from '../support/verify.ts'

const byMallory = { externalKey: mallory.privateKey }

describe('what mallory states of a session', () => {
  it.each([
    ['her own', {}],
    ['a third party', byMallory],
  ])('what mallory states in a block of %s is neither an exposure nor a source', async (_name, options) => {
    const token = appendBlock(await mint({ exposures: ['pii'] }), exposureBlock('forged'), options)
    expect(await verify(token)).toMatchObject({ exposures: ['pii'], sources: [] })
    await expectRefused(verify(token, { excludes: ['forged'] }), { code: 'exposed', block: 1 })
    const stated = appendBlock(
      await mint(),
      { facts: [fact('exposed_label', 'pii'), fact('exposed_label', 'secret')] },
      options,
    )
    await expect(verify(stated, { excludes: ['pii', 'pii&secret'] })).resolves.toMatchObject({ exposures: [] })
  })

  it('a block of mallory that names the root key is refused', async () => {
    const signing = { external: mallory.privateKey, externalKey: root.publicKey }
    const token = forgeContext(contextBlock(), [{ ...exposureBlock('forged'), signing }])
    await expectRefused(verify(token), { code: 'invalid_signature' })
  })

  it('exposures that are signed by the root key of another curve or another id do not count', async () => {
    const token = appendBlock(await mint(), exposureBlock('forged'), { externalKey: rootP256.privateKey })
    const keys = new Map<number | 'default', string>([
      ['default', root.publicKey],
      [1, rootP256.publicKey],
    ])
    expect(await verify(token, { keys })).toMatchObject({ exposures: [] })
  })

  it('what mallory states makes a context neither hers, nor a capability, nor an identity', async () => {
    const facts = [fact('context', 'agent:mallory')]
    const ofOtherKinds = [
      fact('subject', 'agent:mallory'),
      fact('actor', 'agent:mallory'),
      fact('right', 'agent:mallory', 'invoices', 'read'),
      fact('resource', 'invoices'),
      fact('operation', 'read'),
    ]
    for (const options of [{}, byMallory]) {
      const token = appendBlock(await add(await mint(), 'pii'), { facts }, options)
      expect(await verify(token)).toMatchObject({ kind: 'context', subject: 'agent:alice', exposures: ['pii'] })
      await expectRefused(verify(token, { subject: 'agent:mallory' }), { code: 'wrong_subject' })
      await expectRefused(verify(token, { excludes: ['pii'] }), { code: 'exposed' })
      for (const other of ofOtherKinds) {
        await expectRefused(verify(appendBlock(token, { facts: [other] }, options)), { code: 'unsupported_block' })
      }
      const capabilities = createVerifier({ keys: root.publicKey, anchor: null, now })
      await expectRefused(capabilities.verify(token, READ_INVOICES), { code: 'wrong_kind' })
    }
  })

  it('a time that mallory states does not prolong a context', async () => {
    const token = appendBlock(await mint({ expiresIn: 60 }), { facts: [fact('time', 0)] })
    await expectRefused(verify(token, { now: () => now() + 60 }), { code: 'expired' })
  })

  it('a fact `exposure(..)` of an earlier version is refused in any block', async () => {
    for (const options of [{}, byMallory, { externalKey: root.privateKey }]) {
      const token = appendBlock(await mint(), { facts: [fact('exposure', 'pii')] }, options)
      await expectRefused(verify(token), { code: 'unsupported_block', block: 1 })
      for (const write of [
        () => addExposure(token, root.privateKey, { exposures: ['web'], source: 'crm', now }),
        () => compactContext(token, root.privateKey, { now }),
        () => forkContext(token, root.privateKey, { subject: 'agent:bob', now }),
      ]) {
        await expectRefused(write(), { code: 'unsupported_block', block: 1 })
      }
    }
  })
})

describe('an exposure', () => {
  it('an exposure cannot be cut off a token', async () => {
    const clean = await mint()
    const exposed = readToken(await add(await add(clean, 'pii'), 'secret'))
    for (const count of [0, 1]) {
      const cut = writeToken({ ...exposed, blocks: exposed.blocks.slice(0, count) })
      await expectRefused(verify(cut), { code: 'invalid_signature' })
    }
    const [, second] = exposed.blocks
    const without = writeToken({ ...exposed, blocks: [second!] })
    await expectRefused(verify(without), { code: 'invalid_signature' })
  })

  it('an exposure cannot be moved to another session', async () => {
    const victim = await mint({ subject: 'agent:bob' })
    const exposed = readToken(await add(await mint(), 'pii'))
    const moved = writeToken({ ...readToken(victim), blocks: exposed.blocks, proof: exposed.proof })
    await expectRefused(verify(moved), { code: 'invalid_signature' })
  })

  it('an exposure cannot be hidden by what a later block states or checks', async () => {
    const token = await add(await mint(), 'pii')
    for (const block of [
      { facts: [fact('context', 'agent:mallory'), fact('exposed_label', 'cleared')] },
      { checks: [{ kind: 'reject', queries: [] }] } as const,
      { checks: [{ queries: [trusting({ body: [pred('exposure', 'pii')] }, { key: root.publicKey })] }] },
    ]) {
      await expectRefused(verify(appendBlock(token, block), { excludes: ['pii'] }), {
        code: 'exposed',
        label: 'pii',
        block: 1,
      })
    }
  })

  it('an older copy without the exposure stays valid: the authority must remember what it recorded', async () => {
    const older = await mint()
    await add(older, 'pii')
    await expect(verify(older, { excludes: ['pii'] })).resolves.toMatchObject({ exposures: [] })
  })
})

describe('a check that names a key', () => {
  it('a `reject if` that names a key still rejects what the verifier excludes', async () => {
    const check = rejectIf(pred('exposure', 'pii'))
    const own = {
      checks: [{ ...check, queries: check.queries.map((query) => trusting(query, { key: mallory.publicKey })) }],
    }
    const blocks = { checks: [check], scope: [{ key: mallory.publicKey }] } as const
    for (const block of [own, blocks]) {
      const token = appendBlock(await mint(), block)
      await expectRefused(verify(token, { excludes: ['pii'] }), { code: 'exposed' })
      await expect(verify(token, { excludes: ['web'] })).resolves.toBeDefined()
    }
  })
})

describe('a key that is not the root key', () => {
  it('a key other than the root key cannot add exposures, compact or fork', async () => {
    const token = await mint()
    const options = { exposures: ['pii'], source: 'crm', now }
    for (const { privateKey } of [mallory, rootP256]) {
      const codes = await Promise.all([
        codeOf(addExposure(token, privateKey, options)),
        codeOf(compactContext(token, privateKey, { now })),
        codeOf(forkContext(token, privateKey, { subject: 'agent:bob', now })),
      ])
      // Under a key of another curve the signature is not even one.
      expect(codes).toEqual(
        Array.from({ length: 3 }, () => (privateKey === mallory.privateKey ? 'invalid_signature' : 'malformed_token')),
      )
    }
  })

  it('a key other than the root key signs no context under any root key id', async () => {
    const token = forge({ root: mallory.privateKey, authority: contextBlock(), rootKeyId: 1 })
    const keys = new Map<number | 'default', string>([
      ['default', publicKeyOf(mallory.privateKey)],
      [1, root.publicKey],
    ])
    await expectRefused(verify(token, { keys }), { code: 'invalid_signature' })
  })
})

it('a check of a holder is not satisfied by what the holder excludes', async () => {
  const token = appendBlock(await mint(), { checks: [reject('pii'), checkIf(pred('exposed_label', 'pii'))] })
  await expectRefused(verify(token), { code: 'check_failed', block: 1, check: 1 })
})
