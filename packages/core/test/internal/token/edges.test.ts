import { describe, expect, it } from 'vitest'
import { CapabilityError, createVerifier, inspect, type VerifierOptions } from '../../../src/index.ts'
import { isReadable } from '../../../src/internal/write/check-written.ts'
import { writtenText } from '../../../src/internal/write/written.ts'
import { parsePublicKey } from '../../../src/keys/internal/keys.ts'
import { withS } from '../../support/forge/crypto.ts'
import { capabilityBlock, checkIf, fact, pred } from '../../support/forge/datalog.ts'
import { writeToken } from '../../support/forge/envelope.ts'
import { forgeEnvelope } from '../../support/forge/forge.ts'
import type { Expression } from '../../support/forge/model.ts'
import { root, rootP256, testKey } from '../../support/keys.ts'
import { capability, expectRefused, NOW, READ_INVOICES, refusal, verify } from '../../support/verify.ts'

describe('keys and signatures at the edge', () => {
  const expression: Expression = [{ value: true }]

  it('a next key off the curve, which signs nothing, fails the proof and not the reading', async () => {
    const offCurve = { algorithm: 1, key: Uint8Array.from([2, ...new Array<number>(31).fill(0), 7]) }
    const token = capability({ ...capabilityBlock(), signing: { publishedNextKey: offCurve } })
    await expectRefused(verify(token), { code: 'invalid_signature' })
  })

  it('a block that a P-256 key signed is revoked under both spellings, also below an Ed25519 root', async () => {
    const { blocks, ...rest } = forgeEnvelope({
      root: root.privateKey,
      authority: { ...capabilityBlock(), signing: { nextKey: rootP256.privateKey } },
      blocks: [{ checks: [checkIf(expression)] }],
    })
    const [first] = blocks as [(typeof blocks)[0]]
    for (const s of ['low', 'high'] as const) {
      const asked: (readonly string[])[] = []
      const signature = withS(first.signature, s)
      const token = writeToken({ ...rest, blocks: [{ ...first, signature }] })
      const isRevoked = (ids: readonly string[]) => {
        asked.push(ids)
        return false
      }
      await verify(token, READ_INVOICES, { revocation: { isRevoked } })
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
      expect(asked).toEqual([
        [hex(rest.authority.signature), hex(signature), hex(withS(first.signature, s === 'low' ? 'high' : 'low'))],
      ])
      expect(Object.isFrozen(asked[0])).toBe(true)
    }
  })

  it('a root key id is one of 32 bits, the first and the last included', async () => {
    for (const rootKeyId of [0, 2 ** 32 - 1]) {
      const keys = new Map([[rootKeyId, root.publicKey]])
      await expect(
        verify(capability(capabilityBlock(), [], { rootKeyId }), READ_INVOICES, { keys }),
      ).resolves.toMatchObject({ rootKeyId })
    }
    for (const id of [2 ** 32, 0.5, Number.NaN, '1' as unknown as number]) {
      expect(() => verify(capability(), READ_INVOICES, { keys: new Map([[id, root.publicKey]]) })).toThrow(/^keys: /)
    }
  })

  it('a resolver can return any number of keys over time', async () => {
    let current = root.publicKey
    const keys = () => current
    const verifier = createVerifier({ keys, anchor: null, now: () => NOW })
    for (let round = 0; round < 130; round++) {
      current = round % 65 === 0 ? root.publicKey : testKey(`owner ${round}`).publicKey
      const verdict = verifier.verify(capability(), READ_INVOICES)
      if (current === root.publicKey) await expect(verdict).resolves.toBeDefined()
      else await expectRefused(verdict, { code: 'invalid_signature' })
    }
  })

  it('the cause of a refusal is kept for operators', async () => {
    const down = new Error('down')
    const fail = () => Promise.reject(down)
    const errors = [
      verify(capability(), READ_INVOICES, { keys: fail }),
      verify(capability(), READ_INVOICES, { revocation: { isRevoked: fail } }),
      verify(capability(), { ...READ_INVOICES, designations: fail }),
    ].map(refusal)
    for (const error of await Promise.all(errors)) expect([error.code, error.cause]).toEqual(['unavailable', down])
    const noKey = await refusal(verify(capability(), READ_INVOICES, { keys: () => 'no key' }))
    expect(noKey.cause).toBeInstanceOf(TypeError)
  })
})

describe('the options of a verifier at the edge', () => {
  const keys = root.publicKey
  const build = (options: object) => () => createVerifier({ keys, anchor: null, ...options } as VerifierOptions)

  it('createVerifier accepts the first and the last value of a range', () => {
    for (const options of [
      { clockTolerance: 0 },
      { clockTolerance: 60 },
      { limits: { blocks: 1 } },
      { limits: { blocks: 16 * 32 } },
    ]) {
      expect(build(options)).not.toThrow()
    }
    expect(build({ limits: { blocks: 16 * 32 + 1 } })).toThrow(/^limits\.blocks: /)
  })

  it('a limit that is undefined has its default', async () => {
    const options = { limits: { blocks: undefined } } as unknown as Partial<VerifierOptions>
    await expect(verify(capability(), READ_INVOICES, options)).resolves.toBeDefined()
    const blocks = Array.from({ length: 32 }, () => ({ facts: [] }))
    await expectRefused(verify(capability(capabilityBlock(), blocks), READ_INVOICES, options), {
      code: 'limits_exceeded',
    })
  })

  it('the error of a verifier option says which values are possible', () => {
    expect(build({ keys: undefined })).toThrow(/^keys: is required\./)
    for (const designatedBy of ['gateway', 7, null]) {
      expect(build({ designatedBy })).toThrow(/^designatedBy: must be 'anyone', 'authority' or \{ publicKey \}$/)
    }
  })
})

describe('a proven capability', () => {
  it('a proven capability has no designations before it is authorized', async () => {
    const { capability: proven } = await createVerifier({ keys: root.publicKey, anchor: null, now: () => NOW }).prove(
      capability(),
    )
    expect(Object.isFrozen(proven.designations)).toBe(true)
    expect([Object.keys(proven.designations), Object.getPrototypeOf(proven.designations)]).toEqual([[], null])
  })

  it('a proven capability is described by its right, even if other facts come first', async () => {
    const facts = [fact('owner', 'mallory', 'orders', 'write'), ...(capabilityBlock().facts ?? [])]
    const token = capability({ ...capabilityBlock(), facts })
    const proven = await createVerifier({ keys: root.publicKey, anchor: null, now: () => NOW }).prove(token)
    expect(proven.capability).toMatchObject({ subject: 'alice', resource: 'invoices', operation: 'read' })
  })

  it('a refusal names the designation that a failing check asks for, at any place in the check', async () => {
    const check = checkIf(pred('resource', 'invoices'), pred('designation', 'tenantId', 'acme'))
    const token = capability(capabilityBlock(), [{ checks: [check] }])
    await expectRefused(verify(token), {
      code: 'missing_designation',
      label: 'tenantId',
      expected: 'acme',
    })
  })
})

describe('inspect at the edge', () => {
  it('inspect reads only strings, and no statements that a verifier would not read', async () => {
    await expect(inspect(7 as unknown as string)).rejects.toThrow(/^token: must be a string$/)
    const outside = capability(capabilityBlock(), [{ version: 6, facts: [fact('f', { array: [] })] }])
    await expectRefused(inspect(outside), { code: 'unsupported_block' })
  })

  it('inspect takes the subject of an identity from the fact of one term', async () => {
    const facts = [fact('subject', 'acme', 'mallory'), fact('subject', 'alice')]
    expect(await inspect(capability({ facts }))).toMatchObject({ kind: 'identity', subject: 'alice' })
  })
})

describe('an error at the edge', () => {
  it('the codes `missing_token` and `unavailable` are public even before a proof', () => {
    expect(new CapabilityError('missing_token', { proven: false }).publicCode).toBe('missing_token')
    expect(new CapabilityError('unavailable', { proven: false }).publicCode).toBe('unavailable')
  })

  it('an error has the property `cause` only if there is a cause', () => {
    expect(Object.hasOwn(new CapabilityError('expired'), 'cause')).toBe(false)
    expect(new CapabilityError('expired', { cause: 7 }).cause).toBe(7)
  })
})

describe('a writer asks of its own output', () => {
  it('a writer asks whether its output could be read, signatures aside', () => {
    const outside = capability(capabilityBlock(), [{ rules: [{ head: pred('a'), body: [] }] }])
    const key = parsePublicKey(root.publicKey, 'publicKey')
    expect([capability(), 'nonsense', outside].map((token) => isReadable(writtenText(token), key))).toEqual([
      true,
      false,
      false,
    ])
  })
})
