import { describe, expect, it } from 'vitest'
import {
  createRevocationList,
  type DelegateIdentityOptions,
  delegateIdentity,
  mintIdentity,
  revocationIds,
} from '../../src/index.ts'
import { DEFAULT_LIMITS } from '../../src/internal/base/limits.ts'
import { decodeToken } from '../../src/internal/token/decode-token.ts'
import { checkIf, designationCheck, pred } from '../support/forge/datalog.ts'
import { readToken, writeToken } from '../support/forge/envelope.ts'
import { appendBlock } from '../support/forge/forge.ts'
import { identity, identityBlock, speaks, speaksAs } from '../support/identity.ts'
import { gateway, root, rootP256, type TestKey } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { sourcesByReference } from '../support/oracle/hessra.ts'
import { codeOf, expectRefused, NOW } from '../support/verify.ts'

const now = (): number => NOW
const HELPER = 'agent:alice:helper'

const mintAlice = (delegatable = true, key: TestKey = root): Promise<string> =>
  mintIdentity({ subject: 'agent:alice', delegatable, now }, key.privateKey)

const delegate = (
  token: string,
  name = HELPER,
  options: Partial<DelegateIdentityOptions> = {},
  key: TestKey = root,
): Promise<string> => delegateIdentity(token, key.publicKey, { identity: name, now, ...options })

describe('delegateIdentity', () => {
  it.each([
    ['ed25519', root],
    ['secp256r1', rootP256],
  ])(
    'delegateIdentity makes an identity below one signed with %s and needs only the public key',
    async (_curve, key) => {
      const token = await delegate(await mintAlice(true, key), HELPER, {}, key)
      const verified = await speaks(token, { keys: key.publicKey })
      expect(verified).toEqual({
        kind: 'identity',
        identity: HELPER,
        subject: 'agent:alice',
        assertedBy: 'holder',
        delegatedBy: ['agent:alice'],
        depth: 1,
        expiresAt: NOW + 3600,
        revocationIds: revocationIds(token),
        rootKeyId: undefined,
      })
      expect(verified.revocationIds).toHaveLength(2)
      for (const name of ['agent:alice', 'agent:alice:other', 'agent:alice:helperx', 'agent:admin']) {
        await expectRefused(speaksAs(token, name, { keys: key.publicKey }), {
          code: 'wrong_subject',
          expected: name === 'agent:admin' ? 'agent:alice' : HELPER,
          actual: name,
          block: name === 'agent:admin' ? 0 : 1,
          check: 0,
        })
      }
    },
  )

  it('delegateIdentity appends the statements of the Hessra open core, signed with a throw-away key', async () => {
    const alice = await mintAlice()
    const [authority, ...blocks] = sourcesByReference(
      await delegate(alice, HELPER, { expiresIn: '5m' }),
      root.publicKey,
    )
    expect(authority).toBe(sourcesByReference(alice, root.publicKey)[0])
    expect(blocks).toEqual([
      [
        'check if actor($a), $a == "agent:alice:helper" || $a.starts_with("agent:alice:helper" + ":");',
        'check if time($time), $time < 1900000300;',
        '',
      ].join('\n'),
    ])
    const signers = new Set<string | undefined>()
    for (let count = 0; count < 3; count++) {
      const { blocks: signed } = decodeToken(await delegate(alice), DEFAULT_LIMITS)
      signers.add(signed[1]?.external?.publicKey.text)
    }
    expect(signers.size).toBe(3)
    expect([...signers].every((signer) => signer?.startsWith('ed25519/'))).toBe(true)
  })

  it('an identity can be delegated again and again, and the verifier reports the depth', async () => {
    let token = await mintAlice()
    let name = 'agent:alice'
    for (let depth = 1; depth <= 5; depth++) {
      name += `:${depth}`
      token = await delegate(token, name)
      await expect(speaks(token)).resolves.toMatchObject({
        identity: name,
        depth,
        assertedBy: 'holder',
        subject: 'agent:alice',
      })
    }
    await expectRefused(speaksAs(token, 'agent:alice:1'), { code: 'wrong_subject' })
  })

  it('delegateIdentity stops at as many signatures as a verifier reads', async () => {
    let token = await mintAlice()
    let name = 'agent:alice'
    for (let depth = 1; depth <= 19; depth++) {
      name += ':x'
      token = await delegate(token, name)
    }
    await expect(speaks(token)).resolves.toMatchObject({ depth: 19 })
    expect(await messageOf(delegate(token, `${name}:x`))).toBe(
      'token: no verifier would read the result (limits_exceeded: signatures)',
    )
  })

  it('delegateIdentity can skip segments of a name', async () => {
    const token = await delegate(await mintAlice(), 'agent:alice:team:helper')
    await expect(speaks(token)).resolves.toMatchObject({ identity: 'agent:alice:team:helper', depth: 1 })
    await expectRefused(speaksAs(token, 'agent:alice:team'), { code: 'wrong_subject' })
  })

  it('delegateIdentity keeps the root key id', async () => {
    const alice = await mintIdentity({ subject: 'agent:alice', delegatable: true, rootKeyId: 7, now }, root.privateKey)
    await expect(speaks(await delegate(alice))).resolves.toMatchObject({ rootKeyId: 7 })
  })

  it('delegateIdentity appends to a token whose other restrictions hold', async () => {
    const alice = await mintAlice()
    await expectRefused(delegate(appendBlock(alice, { checks: [designationCheck('tenantId', 'acme')] })), {
      code: 'missing_designation',
      block: 1,
    })
    const harmless = appendBlock(
      alice,
      { checks: [checkIf(pred('subject', 'agent:alice'))] },
      { externalKey: gateway.privateKey },
    )
    await expect(speaks(await delegate(harmless))).resolves.toMatchObject({ identity: HELPER, depth: 1 })
  })
})

describe('the life of a delegated identity', () => {
  it('a delegation ends with the token by default', async () => {
    const token = await delegate(await mintAlice())
    expect(sourcesByReference(token, root.publicKey)[1]).toContain('$time < 1900003600;')
    await expectRefused(speaks(token, { now: () => NOW + 3600 }), { code: 'expired' })
  })

  it.each([
    [{ expiresIn: 60 }, NOW + 60],
    [{ expiresIn: '1h' }, NOW + 3600],
    [{ notAfter: NOW + 60 }, NOW + 60],
    [{ notAfter: NOW + 1 }, NOW + 1],
    [{ notAfter: NOW + 3600 }, NOW + 3600],
    [{ expiresIn: 60, now: () => NOW + 0.999 }, NOW + 60],
  ] as const)('a delegation with %j ends at %d', async (options, end) => {
    const token = await delegate(await mintAlice(), HELPER, options)
    await expect(speaks(token, { now: () => end - 1 })).resolves.toMatchObject({ expiresAt: end })
    await expectRefused(speaks(token, { now: () => end }), { code: 'expired', expected: String(end) })
  })

  const wrong: readonly (readonly [string, Partial<DelegateIdentityOptions>, string])[] = [
    ['longer than the token’s', { expiresIn: 3601 }, 'expiresIn: ends after the token, which ends at 1900003600'],
    ['that ends after the token', { notAfter: NOW + 3601 }, 'notAfter: ends after the token, which ends at 1900003600'],
    ['told twice', { expiresIn: 60, notAfter: NOW + 60 }, 'notAfter: must not be given beside expiresIn'],
    ['that is over', { notAfter: NOW }, 'notAfter: must be in the future'],
    ['of a part of a second', { notAfter: NOW + 0.5 }, 'notAfter: must be whole Unix seconds'],
    ['in milliseconds', { notAfter: (NOW + 60) * 1000 }, 'notAfter: ends after the token, which ends at 1900003600'],
    ['told as a date', { notAfter: new Date(0) as never }, 'notAfter: must be whole Unix seconds'],
  ]
  it.each(wrong)('delegateIdentity refuses a life %s', async (_name, options, message) => {
    expect(await messageOf(delegate(await mintAlice(), HELPER, options))).toBe(message)
  })

  it('an identity that has expired is not delegated', async () => {
    const token = await mintAlice()
    const at = (time: number) => delegate(token, HELPER, { now: () => time })
    expect((await speaks(await at(NOW + 3599), { now: () => NOW + 3599 })).identity).toBe(HELPER)
    await expectRefused(at(NOW + 3600), { code: 'expired' })
  })

  it('the life of a delegation is measured from one moment, however slow the call', async () => {
    const alice = await mintAlice()
    let time = NOW
    const ticking = (): number => time++
    await expect(speaks(await delegate(alice, HELPER, { expiresIn: 1, now: ticking }))).resolves.toMatchObject({
      expiresAt: NOW + 1,
    })
    expect(time).toBe(NOW + 1)
  })

  it('a delegation of a token that practically never ends has an end that a number holds exactly', async () => {
    const token = await delegate(identity(identityBlock({ expiration: 2 ** 63 - 1024 })))
    expect(sourcesByReference(token, root.publicKey)[1]).toContain('$time < 9007199254740991;')
  })
})

describe('the chain of delegations', () => {
  async function chain() {
    const alice = await mintAlice()
    const helper = await delegate(alice, HELPER)
    const deep = await delegate(helper, `${HELPER}:x`, { maxDepth: 0 })
    return { alice, helper, deep }
  }

  it('the holder of a delegated identity cannot cut delegations off', async () => {
    const { alice, helper, deep } = await chain()
    const end = readToken(deep)
    for (const [blocks, names] of [
      [end.blocks.slice(0, 1), 1],
      [[], 0],
      [end.blocks.slice(1), 1],
    ] as const) {
      const cut = writeToken({ ...end, blocks: [...blocks] })
      expect(await codeOf(speaks(cut)), `${names}`).toBe('invalid_signature')
    }
    await expect(speaks(helper)).resolves.toMatchObject({ identity: HELPER })
    await expect(speaks(alice)).resolves.toMatchObject({ identity: 'agent:alice' })
  })

  it('delegations can be neither reordered nor repeated', async () => {
    const { deep } = await chain()
    const end = readToken(deep)
    const [first, second] = end.blocks as [(typeof end.blocks)[0], (typeof end.blocks)[0]]
    for (const blocks of [
      [second, first],
      [first, first, second],
      [first, second, second],
    ]) {
      await expectRefused(speaks(writeToken({ ...end, blocks })), { code: 'invalid_signature' })
    }
  })

  it('a delegation cannot be moved to another token', async () => {
    const { helper } = await chain()
    const other = await mintIdentity({ subject: 'agent:alice', delegatable: true, now }, root.privateKey)
    const [block] = readToken(helper).blocks
    const moved = writeToken({ ...readToken(helper), authority: readToken(other).authority })
    await expectRefused(speaks(moved), { code: 'invalid_signature' })
    // Nor by a holder of the other token, who signs the block himself and leaves the third party's signature as it is.
    const otherEnd = readToken(await delegate(other))
    const replayed = writeToken({ ...otherEnd, blocks: [{ ...otherEnd.blocks[0]!, external: block!.external! }] })
    await expectRefused(speaks(replayed), { code: 'invalid_signature' })
  })

  it('revoking any delegation revokes all that follow it', async () => {
    const { alice, helper, deep } = await chain()
    const [, link] = revocationIds(helper)
    const revocation = createRevocationList([link!])
    await expectRefused(speaks(deep, { revocation }), { code: 'revoked' })
    await expectRefused(speaks(helper, { revocation }), { code: 'revoked' })
    await expect(speaks(alice, { revocation })).resolves.toBeDefined()
  })
})
