import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  CapabilityError,
  createVerifier,
  importPrivateKey,
  importPublicKey,
  type VerifierOptions,
} from '../../../src/index.ts'
import { utf8Length } from '../../../src/internal/base/bytes.ts'
import { parsePublicKey } from '../../../src/keys/internal/keys.ts'
import { parsePrivateKey } from '../../../src/keys/internal/private-keys.ts'
import { capabilityBlock } from '../../support/forge/datalog.ts'
import { root } from '../../support/keys.ts'
import { capability, expectRefused, NOW, READ_ACME, READ_INVOICES, verify } from '../../support/verify.ts'

// What this side passes in, at its edge: clocks, names, labels, keys, and values on their way into a log.

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the clock', () => {
  it('the clock is that of the system by default, in seconds', async () => {
    const { verify: verifyNow } = createVerifier({ keys: root.publicKey, anchor: null })
    const token = capability(capabilityBlock({ expiration: NOW }))
    vi.spyOn(Date, 'now').mockReturnValue((NOW - 1) * 1000)
    await expect(verifyNow(token, READ_INVOICES)).resolves.toBeDefined()
    vi.spyOn(Date, 'now').mockReturnValue(NOW * 1000)
    await expectRefused(verifyNow(token, READ_INVOICES), { code: 'expired' })
  })

  it('a clock can stand at zero', async () => {
    await expect(verify(capability(), READ_INVOICES, { now: () => 0 })).resolves.toBeDefined()
  })

  it('the error of a clock that throws is the cause of the refusal', async () => {
    const broken = new Error('no clock')
    const now = () => {
      throw broken
    }
    const error = await expectRefused(verify(capability(), READ_INVOICES, { now }), { code: 'unavailable' })
    expect(error.cause).toBe(broken)
  })
})

describe('what a verifier is asked with', () => {
  const named = (designations: Record<string, string>) => verify(capability(), { ...READ_INVOICES, designations })

  it('a request can be an object without a prototype', async () => {
    const designations = Object.assign(Object.create(null), { tenantId: 'acme' })
    const token = capability(capabilityBlock({ designations: { tenantId: 'acme' } }))
    await expect(verify(token, { ...READ_INVOICES, designations })).resolves.toMatchObject(READ_ACME)
  })

  it('verify refuses request labels that no token can hold', async () => {
    for (const label of ['', '\ud800', 'a'.repeat(4097)])
      await expect(named({ [label]: 'acme' })).rejects.toThrow(TypeError)
    await expectRefused(named({ ['a'.repeat(4096)]: 'acme' }), { code: 'undesignated' })
  })

  it('verify refuses more request labels than a token can have checks', async () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, 'v']))
    await expectRefused(named(many(128)), { code: 'undesignated' })
    await expect(named(many(129))).rejects.toThrow(/^designations: must not be more than 128/)
  })

  it('createVerifier throws a TypeError for options that are not an object', () => {
    for (const options of [null, undefined, 7, []]) {
      expect(() => createVerifier(options as unknown as VerifierOptions)).toThrow(/^options: must be an object$/)
    }
  })

  it('createVerifier refuses an anchor that no token can hold', () => {
    const build = (anchor: string) => () => createVerifier({ keys: root.publicKey, anchor })
    expect(build('é'.repeat(2048))).not.toThrow()
    expect(build(`${'é'.repeat(2048)}a`)).toThrow(/^anchor: must not be longer than 4096 bytes/)
  })
})

describe('the bytes of a string', () => {
  it.each(['\u{10000}', '\u{103ff}', '\u{10fc00}', '\u{10ffff}', '\ud7ff', '\ue000'])(
    'the UTF-8 length of %j is counted',
    (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text))
    },
  )
})

describe('a value on its way into a log', () => {
  const shown = (label: string) => new CapabilityError('undesignated', { label }).label

  it('a logged value is whole up to 128 characters, and then ends in an ellipsis', () => {
    expect(shown('a'.repeat(128))).toBe('a'.repeat(128))
    expect(shown('a'.repeat(129))).toBe(`${'a'.repeat(127)}…`)
    expect(shown('a'.repeat(5000))).toBe(`${'a'.repeat(127)}…`)
  })

  it('a logged value is measured as it is shown', () => {
    expect(shown(`${'a'.repeat(123)}\n`)).toBe(`${'a'.repeat(123)}\\u{a}`)
    expect(shown(`${'a'.repeat(124)}\n`)).toBe(`${'a'.repeat(124)}\\u{…`)
    expect(shown('\n'.repeat(100))).toHaveLength(128)
  })

  it('a logged value is cut between two characters', () => {
    expect(shown(`😀${'a'.repeat(200)}`)).toBe(`😀${'a'.repeat(125)}…`)
    expect(shown(`${'a'.repeat(126)}😀b`)).toBe(`${'a'.repeat(126)}…`)
  })
})

describe('a key', () => {
  it('an Ed25519 private key can be any 32 bytes', async () => {
    const key = `ed25519-private/${'ff'.repeat(32)}`
    expect(await importPrivateKey(key)).toBe(key)
    await expect(importPrivateKey(`secp256r1-private/${'ff'.repeat(32)}`)).rejects.toThrow(/^key: .*order/)
  })

  it('a key of the wrong length in a file is refused', async () => {
    const der = Buffer.from(`301e020100300506032b657004120410${'11'.repeat(16)}`, 'hex').toString('base64')
    const pem = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`
    await expect(importPrivateKey(pem)).rejects.toThrow(/^key: an ed25519 private key has 32 bytes, not 16$/)
  })

  it('an invalid key is named by its type and never shown', () => {
    const types: [unknown, string][] = [
      [null, 'null'],
      [7, 'number'],
      [{}, 'object'],
      [new Uint8Array(32), 'bytes'],
    ]
    for (const [key, type] of types) {
      expect(() => parsePublicKey(key as string, 'key')).toThrow(`key: expected a public key as a string, not ${type}`)
    }
  })

  it('a malformed key is refused with what is expected of its kind', async () => {
    await expect(importPublicKey('nonsense')).rejects.toThrow(
      'key: malformed key, expected "ed25519/<hex>" or "secp256r1/<hex>"',
    )
    expect(() => parsePrivateKey('nonsense', 'key')).toThrow(
      'key: malformed key, expected "ed25519-private/<hex>" or "secp256r1-private/<hex>"',
    )
  })
})
