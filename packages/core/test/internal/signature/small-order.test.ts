import nodeCrypto from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { attenuate, inspect } from '../../../src/index.ts'
import { doneNow } from '../../../src/internal/base/steps.ts'
import { importVerifyingKey, verifySignature } from '../../../src/internal/signature/verify-signature.ts'
import { publicKeyFromBytes } from '../../../src/keys/internal/keys.ts'
import { capabilityBlock, designationCheck, fact } from '../../support/forge/datalog.ts'
import { type Envelope, type SignedBlock, writeToken } from '../../support/forge/envelope.ts'
import { forgeEnvelope } from '../../support/forge/forge.ts'
import type { BlockSpec } from '../../support/forge/model.ts'
import { signWithSmallR } from '../../support/forge/small-order.ts'
import { concat } from '../../support/forge/wire.ts'
import { gateway, root, SMALL_ORDER_POINTS } from '../../support/keys.ts'
import { expectRefused, verify } from '../../support/verify.ts'

// Whoever holds a key can make a signature whose R is a point of small order. Node 20 and 22, Bun and Deno say that it
// verifies; Node 24, browsers' strict modes and the reference implementation say that it does not. The platform here is made to
// accept every signature, so that only our own rule can refuse.
const lenient = () => vi.spyOn(nodeCrypto, 'verify').mockReturnValue(true as never)

afterEach(() => {
  vi.restoreAllMocks()
})

const narrowing: BlockSpec = { checks: [designationCheck('tenantId', 'acme')] }
const envelope = (blocks: readonly BlockSpec[] = [narrowing], sealed = false): Envelope =>
  forgeEnvelope({ root: root.privateKey, authority: capabilityBlock(), blocks, sealed })

/** The same signature with another R. */
function withR(signature: Uint8Array, r: Uint8Array): Uint8Array {
  return concat(r, signature.slice(32))
}

const PLACES: readonly (readonly [string, (r: Uint8Array) => Envelope])[] = [
  [
    'the authority block',
    (r) => {
      const whole = envelope()
      return { ...whole, authority: { ...whole.authority, signature: withR(whole.authority.signature, r) } }
    },
  ],
  [
    "a holder's block",
    (r) => {
      const whole = envelope()
      const [block] = whole.blocks as [SignedBlock]
      return { ...whole, blocks: [{ ...block, signature: withR(block.signature, r) }] }
    },
  ],
  [
    "a third party's word",
    (r) => {
      const word = { facts: [fact('hop', 1)], signing: { external: gateway.privateKey } }
      const whole = envelope([word])
      const [block] = whole.blocks as [SignedBlock]
      const { signature, publicKey } = block.external as NonNullable<SignedBlock['external']>
      return { ...whole, blocks: [{ ...block, external: { signature: withR(signature, r), publicKey } }] }
    },
  ],
  [
    'the seal',
    (r) => {
      const whole = envelope([narrowing], true)
      return { ...whole, proof: { finalSignature: withR(whole.proof.finalSignature as Uint8Array, r) } }
    },
  ],
]

describe('a signature whose R is a point of small order is refused, whatever the platform says', () => {
  describe.each(PLACES)('a small R in %s', (_place, forgeWith) => {
    it.each(SMALL_ORDER_POINTS)('a signature with R = %s is refused', async (hex) => {
      lenient()
      const token = writeToken(forgeWith(Uint8Array.from(Buffer.from(hex, 'hex'))))
      await expectRefused(verify(token), { code: 'invalid_signature' })
      await expectRefused(inspect(token, root.publicKey), { code: 'invalid_signature' }, token)
      await expectRefused(
        attenuate(token, root.publicKey, { anchor: 'service:billing' }),
        { code: 'invalid_signature' },
        token,
      )
    })
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'a small-order R is refused even where the equation of RFC 8032 holds: point %i of eight',
    (multiple) => {
      lenient()
      const messages = Array.from({ length: 200 }, (_, index) => Uint8Array.of(index))
      const { publicKey, data, signature } = signWithSmallR(root.privateKey, multiple, messages)
      expect(ed25519.verify(signature, data, publicKey)).toBe(true)
      const key = doneNow(importVerifyingKey(publicKeyFromBytes('ed25519', Uint8Array.from(publicKey))))
      expect(doneNow(verifySignature(key, Uint8Array.from(signature), Uint8Array.from(data)))).toBe(false)
    },
  )

  it('every other R is left to the platform', async () => {
    const asked = lenient()
    const other = Uint8Array.from({ length: 32 }, (_, index) => index)
    for (const [, forgeWith] of PLACES) await inspect(writeToken(forgeWith(other)), root.publicKey)
    expect(asked).toHaveBeenCalledTimes(2 + 2 + 3 + 3)
  })
})
