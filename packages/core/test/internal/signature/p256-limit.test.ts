import nodeCrypto from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  addExposure,
  attenuate,
  attest,
  createContextVerifier,
  DEFAULT_LIMITS,
  inspect,
  mintContext,
  seal,
} from '../../../src/index.ts'
import { contextBlock, exposureBlock, forgeContext } from '../../support/contexts.ts'
import { privateKeyFrom } from '../../support/forge/crypto.ts'
import { capabilityBlock, fact } from '../../support/forge/datalog.ts'
import { forge, sealToken } from '../../support/forge/forge.ts'
import type { BlockSpec } from '../../support/forge/model.ts'
import { gateway, gatewayP256, root, rootP256 } from '../../support/keys.ts'
import { messageOf } from '../../support/message-of.ts'
import { expectRefused, NOW, READ_INVOICES, verify } from '../../support/verify.ts'

const now = () => NOW
const holder = (seed: string, curve: 'ed25519' | 'secp256r1') => privateKeyFrom(seed, curve)

/** Blocks of which each is signed by a holder, or a third party as well, on the curve that is given for it. */
interface Shape {
  readonly rootKey?: string
  /** How many keys of holders are on P-256; they sign the blocks after the first. */
  readonly holders?: number
  /** How many third parties are on P-256. */
  readonly thirdParties?: number
  readonly blocks?: number
  readonly sealed?: boolean
}

function tokenOf({
  rootKey = root.privateKey,
  holders = 0,
  thirdParties = 0,
  blocks = 31,
  sealed = false,
}: Shape): string {
  const nextKey = (index: number) => holder(`holder ${index}`, index < holders ? 'secp256r1' : 'ed25519')
  const external = (index: number) => {
    if (index >= blocks - thirdParties) return { external: gatewayP256.privateKey }
    // Seven signatures of third parties in all: 32 blocks, 8 more with a seal.
    return index >= blocks - 7 ? { external: gateway.privateKey } : {}
  }
  const appended = Array.from(
    { length: blocks },
    (_, index): BlockSpec => ({
      facts: [fact('hop', index)],
      signing: { nextKey: nextKey(index + 1), ...external(index) },
    }),
  )
  const authority = { ...capabilityBlock(), signing: { nextKey: nextKey(0) } }
  const open = forge({ root: rootKey, authority, blocks: appended })
  return sealed ? sealToken(open) : open
}

afterEach(() => {
  vi.restoreAllMocks()
})

/** How many signatures the platform was asked about, and how many of them on P-256. */
function countVerifications() {
  const asked = vi.spyOn(nodeCrypto, 'verify')
  return () => ({
    all: asked.mock.calls.length,
    p256: asked.mock.calls.filter(([algorithm]) => algorithm === 'sha256').length,
  })
}

describe('a token has at most 16 signatures on P-256, by any signer', () => {
  const sixteen: readonly (readonly [string, Shape])[] = [
    ['of holders', { holders: 16 }],
    ['of the authority and of holders', { rootKey: rootP256.privateKey, holders: 15 }],
    ['of holders and third parties', { holders: 9, thirdParties: 7 }],
    ['of which one is the seal', { holders: 16, blocks: 15, sealed: true }],
  ]
  const more: readonly (readonly [string, Shape])[] = [
    ['of holders', { holders: 17 }],
    ['of the authority and of holders', { rootKey: rootP256.privateKey, holders: 16 }],
    ['of holders and third parties', { holders: 10, thirdParties: 7 }],
    ['of which one is the seal', { rootKey: rootP256.privateKey, holders: 16, blocks: 15, sealed: true }],
  ]
  const keysOf = ({ rootKey }: Shape) => ({
    keys: rootKey === rootP256.privateKey ? rootP256.publicKey : root.publicKey,
  })

  it.each(sixteen)('a token with sixteen P-256 signatures is read: %s', async (_name, shape) => {
    const counted = countVerifications()
    await expect(verify(tokenOf(shape), READ_INVOICES, keysOf(shape))).resolves.toMatchObject({ subject: 'alice' })
    expect(counted().p256).toBe(16)
  })

  it.each(more)(
    'a token with seventeen P-256 signatures is refused before one is verified: %s',
    async (_name, shape) => {
      const counted = countVerifications()
      await expectRefused(verify(tokenOf(shape), READ_INVOICES, keysOf(shape)), {
        code: 'limits_exceeded',
        publicCode: 'malformed_token',
        label: 'p256Signatures',
      })
      await expectRefused(inspect(tokenOf(shape), keysOf(shape).keys), {
        code: 'limits_exceeded',
        label: 'p256Signatures',
      })
      expect(counted().all).toBe(0)
    },
  )

  it('the most expensive token that is read has 40 signatures, 16 of them on P-256', async () => {
    const counted = countVerifications()
    await verify(tokenOf({ holders: 9, thirdParties: 7, sealed: true }))
    expect(counted()).toEqual({ all: 40, p256: 16 })
  })

  it('the limit of P-256 signatures is an option of the verifier', async () => {
    const [two, three] = [tokenOf({ holders: 2 }), tokenOf({ holders: 3 })]
    const limits = { p256Signatures: 2 }
    await expect(verify(two, READ_INVOICES, { limits })).resolves.toMatchObject({ subject: 'alice' })
    await expectRefused(verify(three, READ_INVOICES, { limits }), { code: 'limits_exceeded', label: 'p256Signatures' })
    const raised = { limits: { p256Signatures: 17 } }
    await expect(verify(tokenOf({ holders: 17 }), READ_INVOICES, raised)).resolves.toMatchObject({ subject: 'alice' })
    expect(DEFAULT_LIMITS.p256Signatures).toBe(16)
  })
})

describe('writers do not write a seventeenth P-256 signature', () => {
  const tooMany = 'token: no verifier would read the result (limits_exceeded: p256Signatures)'

  it('attest does not write a seventeenth P-256 signature', async () => {
    const word = { designations: { hop: 'edge' }, now }
    const full = tokenOf({ holders: 16, blocks: 20 })
    expect(await messageOf(attest(full, { keys: root.publicKey, privateKey: gatewayP256.privateKey }, word))).toBe(
      tooMany,
    )
    await expect(attest(full, { keys: root.publicKey, privateKey: gateway.privateKey }, word)).resolves.toBeTypeOf(
      'string',
    )
  })

  it('attenuate and seal do not write a seventeenth P-256 signature', async () => {
    const full = tokenOf({ holders: 17, blocks: 16 })
    expect(await messageOf(attenuate(full, root.publicKey, { expiresIn: '1m', now }))).toBe(tooMany)
    expect(await messageOf(seal(full, root.publicKey))).toBe(tooMany)
  })
})

describe('a context under a P-256 root key has one P-256 signature per exposure block', () => {
  const recorded = (count: number): string =>
    forgeContext(
      contextBlock(),
      Array.from({ length: count }, (_, index) => ({
        ...exposureBlock(`label-${index}`),
        signing: { external: rootP256.privateKey },
      })),
      { root: rootP256.privateKey },
    )

  it('a P-256 context with fifteen exposure blocks is read, and one with sixteen is refused', async () => {
    const options = { keys: rootP256.publicKey, now }
    expect((await createContextVerifier(options).verify(recorded(15))).exposures).toHaveLength(15)
    await expectRefused(createContextVerifier(options).verify(recorded(16)), {
      code: 'limits_exceeded',
      label: 'p256Signatures',
    })
    const raised = { ...options, limits: { p256Signatures: 20 } }
    expect((await createContextVerifier(raised).verify(recorded(16))).exposures).toHaveLength(16)
  })

  it('addExposure compacts a P-256 context long before the limit of signatures', async () => {
    let token = await mintContext({ subject: 'agent:alice', now }, rootP256.privateKey)
    for (let index = 0; index < 40; index++) {
      token = await addExposure(token, rootP256.privateKey, { exposures: [`label-${index}`], source: 'crm', now })
    }
    expect((await createContextVerifier({ keys: rootP256.publicKey, now }).verify(token)).exposures).toHaveLength(40)
  })
})
