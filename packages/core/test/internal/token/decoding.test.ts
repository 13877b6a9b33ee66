import { describe, expect, it } from 'vitest'
import { CapabilityError, DEFAULT_LIMITS, type Limits } from '../../../src/index.ts'
import {
  binary,
  capabilityBlock,
  checkAll,
  checkIf,
  designationCheck,
  fact,
  lazy,
  pred,
  rejectIf,
  set,
  unary,
  variable,
} from '../../support/forge/datalog.ts'
import { appendBlock } from '../../support/forge/forge.ts'
import type { BlockSpec } from '../../support/forge/model.ts'
import { gateway, root, rootP256, SMALL_ORDER_POINTS } from '../../support/keys.ts'
import { capability, expectRefused, READ_INVOICES, verify } from '../../support/verify.ts'

const honest = capability()
const x = variable('x')

function extra(...bytes: readonly number[]): { extra: Uint8Array } {
  return { extra: Uint8Array.from(bytes) }
}

/** A token whose second block is `block`; the authority block is honest. */
function appended(block: BlockSpec): string {
  return capability(capabilityBlock(), [block])
}

describe('the text of a token', () => {
  it('a token can lack its padding', async () => {
    await expect(verify(honest.replace(/=+$/, ''))).resolves.toMatchObject({ subject: 'alice' })
  })

  const body = honest.replace(/=+$/, '')
  it.each([
    ['is empty', ''],
    ['has white space before it', ` ${honest}`],
    ['has a line break after it', `${honest}\n`],
    ['has white space inside', `${honest.slice(0, 40)} ${honest.slice(40)}`],
    ['is in the standard alphabet', `${body.slice(0, 10)}+/${body.slice(12)}`],
    ['has padding in the middle', `${body.slice(0, 8)}==${body.slice(8)}`],
    ['has one padding character too many', `${honest}=`],
    ['has a character outside ASCII', `${body.slice(0, -1)}é`],
    ['is one character of a group', 'A'],
    ['has stray bits after its last byte', 'AB'],
    ['is padding alone', '===='],
  ])('a token is refused when its text %s', async (_name, text) => {
    await expectRefused(verify(text), { code: 'malformed_token' })
  })

  it('a token over 16 KiB is refused before anything is decoded', async () => {
    await expectRefused(verify('A'.repeat(16_385)), { code: 'limits_exceeded' })
  })
})

describe('protobuf decoding refuses what a lenient reader would take for something else', () => {
  const key = { algorithm: 0, key: new Uint8Array(32).fill(7) }
  const attacks: readonly (readonly [string, string])[] = [
    ['an unknown field of the token', capability(capabilityBlock(), [], extra(0x38, 0x01))],
    ['a second root key id', capability(capabilityBlock(), [], { rootKeyId: 1, ...extra(0x08, 0x02) })],
    [
      'a root key id of 2^32, which a 32-bit reader takes for 0',
      capability(capabilityBlock(), [], extra(0x08, 0x80, 0x80, 0x80, 0x80, 0x10)),
    ],
    [
      'an integer of 65 bits',
      capability(capabilityBlock(), [], extra(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
    ],
    [
      'an integer in eleven bytes',
      capability(capabilityBlock(), [], extra(0x08, ...new Array<number>(10).fill(0x80), 0x01)),
    ],
    ['an integer longer than it need be', capability(capabilityBlock(), [], extra(0x08, 0x81, 0x00))],
    ['a field of the wrong wire type', capability(capabilityBlock(), [], extra(0x0d, 0, 0, 0, 1))],
    ['a group', capability(capabilityBlock(), [], extra(0x0b, 0x0c))],
    ['field number 0', capability(capabilityBlock(), [], extra(0x00, 0x00))],
    ['a length past the end', capability(capabilityBlock(), [], extra(0x1a, 0x7f))],
    ['a missing proof', capability(capabilityBlock(), [], { omit: [4] })],
    ['a missing authority block', capability(capabilityBlock(), [], { omit: [2] })],
    [
      'both arms of the proof',
      capability(capabilityBlock(), [], {
        proof: { nextSecret: new Uint8Array(32), finalSignature: new Uint8Array(64) },
      }),
    ],
    ['neither arm of the proof', capability(capabilityBlock(), [], { proof: {} })],
    ['an unknown field of a signed block', capability({ ...capabilityBlock(), signing: extra(0x30, 0x01) })],
    ['two signatures of one block', capability({ ...capabilityBlock(), signing: extra(0x1a, 0x01, 0x00) })],
    ['a signed block without next key', capability({ ...capabilityBlock(), signing: { omit: [2] } })],
    ['an unknown field of a block', appended({ checks: [designationCheck('a', 'b')], ...extra(0x48, 0x01) })],
    ['two versions of a block', appended({ checks: [designationCheck('a', 'b')], ...extra(0x18, 0x03) })],
    [
      'an unknown check kind, which a lenient reader takes for `check if`',
      appended({ version: 6, checks: [{ ...checkIf(pred('resource', x)), kind: 3 }] }),
    ],
    [
      'a check kind of 2^32, which a 32-bit reader takes for `check if`',
      appended({
        version: 6,
        checks: [{ ...checkIf(pred('resource', x)), ...extra(0x10, 0x80, 0x80, 0x80, 0x80, 0x10) }],
      }),
    ],
    [
      'two kinds of one check',
      appended({ version: 6, checks: [{ ...rejectIf(pred('resource', 'invoices')), ...extra(0x10, 0x00) }] }),
    ],
    ['an unknown operator', appended({ checks: [checkIf([{ value: 1 }, { value: 1 }, { binary: 30 }])] })],
    [
      'an unknown scope',
      appended({ checks: [{ queries: [{ body: [pred('resource', x)], scope: [{ scopeType: 2 }] }] }] }),
    ],
    ['an unknown key algorithm', appended({ publicKeys: [{ ...key, algorithm: 2 }] })],
    ['a boolean that is neither 0 nor 1', appended({ facts: [fact('flag', { rawTerm: Uint8Array.of(0x30, 0x02) })] })],
    ['a term that is nothing', appended({ facts: [fact('flag', { rawTerm: new Uint8Array() })] })],
    [
      'a term that is two things',
      appended({ facts: [fact('flag', { rawTerm: Uint8Array.of(0x30, 0x01, 0x10, 0x01) })] }),
    ],
    ['a set in a set', appended({ facts: [fact('flag', set(set('a')))] })],
    ['a set of two types', appended({ facts: [fact('flag', set('a', 1))] })],
    ['a set with a variable', appended({ facts: [fact('flag', set(x))] })],
    ['a fact with a variable', appended({ facts: [fact('flag', x)] })],
    ['a symbol that is not UTF-8', appended({ ...extra(0x0a, 0x01, 0xff), facts: [] })],
    [
      'a foreign function without a name',
      appended({ version: 6, checks: [checkIf([{ value: 1 }, { unary: 'ffi' }])] }),
    ],
    [
      'a name on an ordinary operator',
      appended({ version: 6, checks: [checkIf([{ value: true }, { unary: 'negate', ffi: 'f' }])] }),
    ],
  ]

  it.each(attacks)('a token with %s is malformed', async (_name, token) => {
    await expectRefused(verify(token), { code: 'malformed_token', publicCode: 'malformed_token' })
  })

  it('messages nested 10,000 deep are malformed', async () => {
    let nested = Uint8Array.of()
    for (let depth = 0; depth < 2_500; depth++) {
      const length = nested.length < 128 ? [nested.length] : [(nested.length & 0x7f) | 0x80, nested.length >> 7]
      nested = Uint8Array.from([0x22, ...length, ...nested])
    }
    await expectRefused(verify(appended({ ...extra(...nested) })), { code: 'malformed_token' })
  })
})

describe('symbols and keys', () => {
  const cases: readonly (readonly [string, BlockSpec])[] = [
    ['an unknown symbol', { facts: [fact('flag', { symbol: 1_900n })] }],
    ['an unknown symbol of 2^53 or more, which traps biscuit-wasm', { facts: [fact('flag', { symbol: 2n ** 53n })] }],
    ['an unknown symbol of 2^64 - 1', { facts: [fact('flag', { symbol: 2n ** 64n - 1n })] }],
    ['a number between the default symbols and the own ones', { facts: [fact('flag', { symbol: 28n })] }],
    ['an unknown predicate name', { facts: [fact({ symbol: 5_000n }, 'a')] }],
    ['an unknown variable', { checks: [checkIf(pred('resource', { variable: { symbol: 5_000n } }))] }],
    ['a symbol of its own that is a default one', { symbols: ['read'], facts: [] }],
    ['a symbol of its own that the authority block has', { symbols: ['alice'], facts: [] }],
    ['the same symbol twice', { symbols: ['twice', 'twice'], facts: [] }],
    ['an unknown public key', { checks: [{ queries: [{ body: [pred('resource', x)], scope: [{ keyId: 3n }] }] }] }],
    [
      'a negative public key index',
      { checks: [{ queries: [{ body: [pred('resource', x)], scope: [{ keyId: -1n }] }] }] },
    ],
    ['the same public key twice', { publicKeys: [gateway.publicKey, gateway.publicKey], facts: [] }],
    ['an uncompressed P-256 key', { publicKeys: [{ algorithm: 1, key: new Uint8Array(65).fill(4) }], facts: [] }],
    ['an Ed25519 key of 33 bytes', { publicKeys: [{ algorithm: 0, key: new Uint8Array(33).fill(4) }], facts: [] }],
  ]
  it.each(cases)('%s is refused', async (_name, block) => {
    await expectRefused(verify(appended(block)), { code: 'malformed_token' })
  })

  it('a third-party block cannot use the symbols of the token', async () => {
    const block: BlockSpec = { facts: [fact('flag', { symbol: 1025n })], signing: { external: gateway.privateKey } }
    await expectRefused(verify(appended(block)), { code: 'malformed_token' })
  })

  it.each(SMALL_ORDER_POINTS)('the small-order point %s is refused wherever a key may stand', async (point) => {
    const weak = { algorithm: 0, key: Uint8Array.from(Buffer.from(point, 'hex')) }
    const places = [
      appended({ publicKeys: [weak], facts: [] }),
      appended({ facts: [], signing: { publishedNextKey: weak } }),
      appended({ facts: [], signing: { external: gateway.privateKey, externalKey: weak } }),
    ]
    for (const token of places) await expectRefused(verify(token), { code: 'malformed_token' })
    expect(() => verify(honest, READ_INVOICES, { keys: `ed25519/${point}` })).toThrow(/^keys: /)
  })
})

describe('each feature needs the version of the block that brought it', () => {
  const features: readonly (readonly [string, number, BlockSpec])[] = [
    ['`check all`', 4, { checks: [checkAll(pred('resource', x))] }],
    ['a check kind, even that of `check if`', 4, { checks: [{ ...checkIf(pred('resource', x)), kind: 0 }] }],
    ['a scope of a query', 4, { checks: [{ queries: [{ body: [pred('resource', x)], scope: ['previous'] }] }] }],
    ['a scope of the block', 4, { scope: ['previous'], checks: [checkIf(pred('resource', x))] }],
    ['a bitwise operator', 4, { checks: [checkIf(binary(binary(1, 'bitAnd', 1), 'strictEqual', 1))] }],
    ['`!==`', 4, { checks: [checkIf(binary(1, 'strictNotEqual', 2))] }],
    ['a third-party block', 5, { checks: [checkIf(pred('resource', x))], signing: { external: gateway.privateKey } }],
    ['`reject if`', 6, { checks: [rejectIf(pred('resource', 'orders'))] }],
    ['null', 6, { facts: [fact('flag', null)] }],
    ['null in a set', 6, { facts: [fact('flag', set(null))] }],
    ['`==`', 6, { checks: [checkIf(binary(1, 'equal', 1))] }],
    ['`!=`', 6, { checks: [checkIf(binary(1, 'notEqual', 2))] }],
    ['a lazy operator', 6, { checks: [checkIf(lazy(true, 'lazyAnd', true))] }],
    ['`type`', 6, { checks: [checkIf(binary(unary('type', 1), 'strictEqual', 'integer'))] }],
  ]
  it.each(features)('%s is read from version %d on', async (_name, version, block) => {
    await expect(verify(appended({ ...block, version }))).resolves.toMatchObject({ subject: 'alice' })
    await expectRefused(verify(appended({ ...block, version: version - 1 })), { code: 'malformed_token' })
  })

  it.each([2, 7, 2 ** 32 - 1])('a block of version %d is refused', async (version) => {
    await expectRefused(verify(appended({ version, facts: [] })), { code: 'malformed_token' })
  })

  it('a block without version is refused', async () => {
    await expectRefused(verify(appended({ version: null, facts: [] })), { code: 'malformed_token' })
  })
})

describe('limits', () => {
  const many = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index))
  const blocks = (count: number) =>
    capability(
      capabilityBlock(),
      many(count, () => ({ facts: [] })),
    )
  const thirdParty = { facts: [], signing: { external: gateway.privateKey } }

  const cases: readonly (readonly [string, string, string])[] = [
    ['32 blocks', blocks(31), blocks(32)],
    [
      '40 signatures',
      capability(
        capabilityBlock(),
        many(19, () => thirdParty),
      ),
      capability(
        capabilityBlock(),
        many(20, () => thirdParty),
      ),
    ],
    [
      '256 facts',
      appended({ facts: many(255, (n) => fact('f', n)) }),
      appended({ facts: many(256, (n) => fact('f', n)) }),
    ],
    [
      '128 checks',
      appended({ checks: many(126, () => checkIf(pred('resource', x))) }),
      appended({ checks: many(127, () => checkIf(pred('resource', x))) }),
    ],
    [
      '32 terms a set',
      appended({ facts: [fact('f', set(...many(32, (n) => n)))] }),
      appended({ facts: [fact('f', set(...many(33, (n) => n)))] }),
    ],
    [
      '64 operations an expression',
      appended({ checks: [checkIf(negations(63))] }),
      appended({ checks: [checkIf(negations(64))] }),
    ],
    ['a stack of 16 values', appended({ checks: [checkIf(sum(16))] }), appended({ checks: [checkIf(sum(17))] })],
    [
      '4 KiB a string',
      appended({ facts: [fact('f', 'é'.repeat(2048))] }),
      appended({ facts: [fact('f', `${'é'.repeat(2048)}a`)] }),
    ],
    [
      '4 KiB of bytes',
      appended({ facts: [fact('f', new Uint8Array(4096))] }),
      appended({ facts: [fact('f', new Uint8Array(4097))] }),
    ],
    [
      '64 predicates a query',
      appended({ checks: [checkIf(...many(64, () => pred('resource', x)))] }),
      appended({ checks: [checkIf(...many(65, () => pred('resource', x)))] }),
    ],
  ]
  it.each(cases)(
    'the limits allow %s; one more is refused, and operators learn which limit it was',
    async (_name, within, over) => {
      await expect(verify(within)).resolves.toMatchObject({ subject: 'alice' })
      const error = await expectRefused(verify(over), { code: 'limits_exceeded', publicCode: 'malformed_token' })
      const raised = { ...DEFAULT_LIMITS, [error.label as string]: 2 * DEFAULT_LIMITS[error.label as keyof Limits] }
      const again = await verify(over, READ_INVOICES, { limits: raised }).catch((second: CapabilityError) => second)
      // One that reaches two limits at once names the other then.
      if (again instanceof CapabilityError) expect(again.label).not.toBe(error.label)
      else expect(again).toMatchObject({ subject: 'alice' })
    },
  )

  it('limits are an option of the verifier', async () => {
    await expectRefused(verify(blocks(3), READ_INVOICES, { limits: { blocks: 3 } }), { code: 'limits_exceeded' })
    await expect(verify(blocks(40), READ_INVOICES, { limits: { blocks: 50, signatures: 50 } })).resolves.toBeDefined()
  })

  it('a holder cannot get past the limits with closures', async () => {
    const deep = [{ value: true }, { closure: negations(62) }, { binary: 'lazyAnd' as const }]
    await expectRefused(verify(appendBlock(honest, { checks: [checkIf(deep)] })), { code: 'limits_exceeded' })
  })

  function negations(count: number) {
    return [{ value: count % 2 === 0 }, ...many(count, () => ({ unary: 'negate' as const }))]
  }

  function sum(count: number) {
    const zeros = many(count - 1, () => ({ value: 0 }))
    return [
      { value: 0 },
      ...zeros,
      ...many(count - 2, () => ({ binary: 'add' as const })),
      { binary: 'strictEqual' as const },
    ]
  }
})

describe('signatures and payload versions', () => {
  it.each([
    [
      'a third-party block of payload version 0',
      capability(capabilityBlock(), [{ facts: [], signing: { external: gateway.privateKey, payloadVersion: 0 } }]),
    ],
    [
      'an external signature on the authority block',
      capability({ ...capabilityBlock(), signing: { external: gateway.privateKey } }),
    ],
    [
      'payload version 0 after payload version 1',
      capability({ ...capabilityBlock(), signing: { payloadVersion: 1 } }, [
        { facts: [], signing: { payloadVersion: 0 } },
      ]),
    ],
    ['an unknown payload version', capability({ ...capabilityBlock(), signing: { payloadVersion: 2 } })],
    [
      'an Ed25519 signature of 63 bytes',
      capability({ ...capabilityBlock(), signing: { signature: new Uint8Array(63) } }),
    ],
  ])('%s is refused', async (_name, token) => {
    await expectRefused(verify(token), { code: 'malformed_token' })
  })

  it.each([0, 1])('payload version %d is read', async (payloadVersion) => {
    const token = capability({ ...capabilityBlock(), signing: { payloadVersion } }, [
      { checks: [checkIf(pred('resource', x))] },
    ])
    await expect(verify(token)).resolves.toMatchObject({ subject: 'alice' })
  })

  it.each([
    ['with a trailing byte', (der: Uint8Array) => Uint8Array.from([...der, 0])],
    ['with a length in long form', (der: Uint8Array) => Uint8Array.from([0x30, 0x81, ...der.subarray(1)])],
    ['with a negative number', () => Uint8Array.from([0x30, 0x06, 0x02, 0x01, 0x81, 0x02, 0x01, 0x01])],
    ['with a padded number', () => Uint8Array.from([0x30, 0x08, 0x02, 0x02, 0x00, 0x01, 0x02, 0x02, 0x00, 0x01])],
    ['with a zero', () => Uint8Array.from([0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01])],
    ['that is no DER', () => new Uint8Array(70)],
    ['that is empty', () => new Uint8Array()],
  ])('a P-256 signature %s is refused', async (_name, change) => {
    const { forgeEnvelope } = await import('../../support/forge/forge.ts')
    const { writeToken } = await import('../../support/forge/envelope.ts')
    const envelope = forgeEnvelope({ root: rootP256.privateKey, authority: capabilityBlock() })
    const signature = change(envelope.authority.signature)
    const token = writeToken({ ...envelope, authority: { ...envelope.authority, signature } })
    await expectRefused(verify(token, READ_INVOICES, { keys: rootP256.publicKey }), { code: 'malformed_token' })
  })

  it('a P-256 next key that is no point of the curve is refused', async () => {
    const offCurve = { algorithm: 1, key: Uint8Array.from([2, ...new Array<number>(31).fill(0), 7]) }
    const token = capability({ ...capabilityBlock(), signing: { publishedNextKey: offCurve } }, [{ facts: [] }])
    await expectRefused(verify(token), { code: 'malformed_token' })
  })

  it('the root key of the tests is the one that signs', () => {
    expect(root.publicKey).toMatch(/^ed25519\//)
  })
})
