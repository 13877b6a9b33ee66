import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MintCapabilityOptions, mintCapability } from '../../src/capability/mint-capability.ts'
import { DEFAULT_LIMITS } from '../../src/internal/base/limits.ts'
import { statedWorld } from '../../src/internal/evaluate/world.ts'
import { bindingsOf } from '../../src/internal/rules/bindings.ts'
import { decodeToken } from '../../src/internal/token/decode-token.ts'
import { readToken } from '../support/forge/envelope.ts'
import { mallory, root, rootP256 } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { sourcesByReference } from '../support/oracle/hessra.ts'
import { passesReference, rightsByReference } from '../support/oracle/reference.ts'
import { runs } from '../support/runs.ts'

const NOW = 1_800_000_000
const clock = { now: () => NOW }
const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
const request = { time: NOW, resource: 'invoices', operation: 'read' }

const mint = (options: Partial<MintCapabilityOptions> = {}, key = root): Promise<string> =>
  mintCapability({ ...right, ...clock, ...options }, key.privateKey)

function faultOf(options: object): Promise<string> {
  return messageOf(mintCapability({ ...right, ...clock, ...options } as never, root.privateKey))
}

/** The designations that a token binds, as our own reader sees them. */
function designatedBy(token: string): readonly (readonly [string, string])[] {
  const { blocks } = decodeToken(token, DEFAULT_LIMITS)
  return bindingsOf(blocks, statedWorld(blocks)).map(({ label, value }) => [label, value])
}

/** Strings that a parser, a printer or a key notation might take for something else. */
const HOSTILE_STRINGS = [
  'a"b',
  '"); right("mallory", "everything", "write',
  'back\\slash\\"',
  'line\nbreak\r\n',
  '\u0000',
  '\u2028\u202e',
  'ed25519/xyz',
  mallory.publicKey,
  mallory.privateKey,
  rootP256.publicKey,
  '{subject}',
  '$sub',
  'hex:00ff',
  'true',
  'null',
  '2026-11-22T00:00:00Z',
  '9223372036854775807',
  ' ',
  '\ufeffmark',
  'e\u0301',
  '\u{1f469}\u200d\u{1f4bb}',
  '\ufffd',
  '__proto__',
  'constructor',
  'right',
  'time',
  'query',
]
const LONGEST = ['x'.repeat(4096), '€'.repeat(1365)]

describe('mintCapability', () => {
  it.each([
    ['ed25519', root],
    ['secp256r1', rootP256],
  ])('mintCapability writes tokens that biscuit-wasm alone accepts, signed with %s', async (_algorithm, key) => {
    const token = await mint({ expiresIn: 60 }, key)
    expect(passesReference(token, key.publicKey, request)).toBe(true)
    expect(passesReference(token, key.publicKey, { ...request, time: NOW + 59 })).toBe(true)
    expect(passesReference(token, key.publicKey, { ...request, time: NOW + 60 })).toBe(false)
    expect(passesReference(token, key.publicKey, { ...request, resource: 'payments' })).toBe(false)
    expect(passesReference(token, key.publicKey, { ...request, operation: 'write' })).toBe(false)
    expect(() => passesReference(token, mallory.publicKey, request)).toThrow()
  })

  it('mintCapability writes the statements of the Hessra open core, in its order', async () => {
    const token = await mint({
      designations: { tenantId: 'acme', invoiceId: '42' },
      anchor: 'service:billing',
      expiresIn: '5m',
    })
    expect(sourcesByReference(token, root.publicKey)).toEqual([
      [
        'right("alice", "invoices", "read");',
        'check if resource($res), operation($op), right($sub, $res, $op);',
        'check if time($time), $time < 1800000300;',
        'check if designation("tenantId", "acme");',
        'check if designation("invoiceId", "42");',
        'check if designation("anchor", "service:billing");',
        '',
      ].join('\n'),
    ])
  })

  it('a minted capability demands every designation and the anchor', async () => {
    const token = await mint({ designations: { tenantId: 'acme' }, anchor: 'service:billing' })
    const passes = (...designations: [string, string][]): boolean =>
      passesReference(token, root.publicKey, { ...request, designations: new Map(designations) })
    expect(passes(['tenantId', 'acme'], ['anchor', 'service:billing'])).toBe(true)
    expect(passes(['tenantId', 'globex'], ['anchor', 'service:billing'])).toBe(false)
    expect(passes(['tenantId', 'acme'], ['anchor', 'service:payroll'])).toBe(false)
    expect(passes(['tenantId', 'acme'])).toBe(false)
    expect(passes(['anchor', 'service:billing'])).toBe(false)
    expect(passes()).toBe(false)
  })

  it('mintCapability writes URL-safe base64 with padding', async () => {
    const endings = new Set<string>()
    for (let length = 1; length <= 12; length++) {
      const token = await mint({ subject: 'x'.repeat(length) })
      expect(token).toMatch(/^[A-Za-z0-9_-]+={0,2}$/)
      expect(token.length % 4).toBe(0)
      endings.add(token.replace(/^[^=]*/, ''))
    }
    expect([...endings].sort()).toEqual(['', '=', '=='])
  })

  it('mintCapability never writes the same token twice', async () => {
    expect(await mint()).not.toBe(await mint())
  })

  it('a minted capability lives 300 seconds by default', async () => {
    const token = await mint()
    expect(passesReference(token, root.publicKey, { ...request, time: NOW + 299 })).toBe(true)
    expect(passesReference(token, root.publicKey, { ...request, time: NOW + 300 })).toBe(false)
  })

  it.each([
    [1, 0, 1],
    ['30s', NOW, NOW + 30],
    ['5m', NOW + 0.999, NOW + 300],
    ['2h', NOW, NOW + 7200],
    ['7d', NOW, NOW + 604_800],
    [2 ** 40, NOW, NOW + 2 ** 40],
    [Number.MAX_SAFE_INTEGER - NOW, NOW, Number.MAX_SAFE_INTEGER],
  ])('a capability with expiresIn %j, minted at %j, ends at %j', async (expiresIn, now, end) => {
    const token = await mint({ expiresIn, now: () => now })
    expect(sourcesByReference(token, root.publicKey)[0]).toContain(`$time < ${end};`)
  })

  it('mintCapability uses the system clock by default', async () => {
    const before = Math.floor(Date.now() / 1000)
    const token = await mintCapability({ ...right, expiresIn: 10 }, root.privateKey)
    const end = Number(/\$time < (\d+);/.exec(sourcesByReference(token, root.publicKey)[0] ?? '')?.[1])
    expect(end).toBeGreaterThanOrEqual(before + 10)
    expect(end).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) + 10)
  })

  it('mintCapability writes any root key id of 32 bits', async () => {
    for (const rootKeyId of [0, 7, 0xffff_ffff]) expect(readToken(await mint({ rootKeyId })).rootKeyId).toBe(rootKeyId)
    expect(readToken(await mint()).rootKeyId).toBeUndefined()
  })

  it('mintCapability treats an undefined option as absent', async () => {
    const token = await mint({ designations: undefined, anchor: undefined, expiresIn: undefined, rootKeyId: undefined })
    expect(passesReference(token, root.publicKey, request)).toBe(true)
  })

  it('mintCapability accepts a private key in upper case', async () => {
    const [prefix, hex = ''] = root.privateKey.split('/')
    const token = await mintCapability({ ...right, ...clock }, `${prefix}/${hex.toUpperCase()}`)
    expect(passesReference(token, root.publicKey, request)).toBe(true)
  })
})

describe('strings in a capability', () => {
  it.each(HOSTILE_STRINGS)('a capability binds the string %j exactly', (text) => bindsExactly(text))

  it('a capability binds strings of up to 4096 bytes exactly', async () => {
    for (const text of LONGEST) await bindsExactly(text)
  })

  async function bindsExactly(text: string): Promise<void> {
    const values = { subject: text, resource: text, operation: text }
    const token = await mint({ ...values, designations: { [text]: text }, anchor: text })
    expect(rightsByReference(token, root.publicKey)).toEqual([[text, text, text]])
    const pairs: [string, string][] = [
      [text, text],
      ['anchor', text],
    ]
    expect(designatedBy(token)).toEqual(pairs)
    const exact = { time: NOW, resource: text, operation: text, designations: new Map(pairs) }
    expect(passesReference(token, root.publicKey, exact)).toBe(true)
    expect(passesReference(token, root.publicKey, { ...exact, resource: `${text}x` })).toBe(false)
  }

  it('a capability binds random strings exactly', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
      fc
        .tuple(fc.constantFrom('ed25519/', 'secp256r1/', '"', '\\', '{', '$', 'hex:'), fc.string())
        .map((two) => two.join('')),
    )
    const label = text.filter((name) => name !== 'anchor' && name !== 'facet')
    await fc.assert(
      fc.asyncProperty(text, text, text, label, text, async (subject, resource, operation, name, value) => {
        // Computed, so that a label "__proto__" is a label.
        const token = await mint({ subject, resource, operation, designations: { [name]: value } })
        expect(rightsByReference(token, root.publicKey)).toEqual([[subject, resource, operation]])
        expect(designatedBy(token)).toEqual([[name, value]])
        const designations = new Map([[name, value]])
        expect(passesReference(token, root.publicKey, { time: NOW, resource, operation, designations })).toBe(true)
      }),
      { numRuns: runs(150) },
    )
  })

  it.each([
    ['empty', '', /must not be empty$/],
    ['a lone high surrogate', '\ud800', /lone surrogates$/],
    ['a lone low surrogate', 'a\udc00b', /lone surrogates$/],
    ['4097 bytes long', 'x'.repeat(4097), /must not be longer than 4096 bytes/],
    ['10,000 characters long', 'x'.repeat(10_000), /must not be longer than 4096 bytes/],
    ['4098 bytes long in 1366 characters', '€'.repeat(1366), /must not be longer than 4096 bytes/],
    ['a number', 7, /must be a string$/],
    ['null', null, /must be a string$/],
    ['an object', { toString: () => 'alice' }, /must be a string$/],
    ['an array', ['alice'], /must be a string$/],
  ])('mintCapability names the option whose value is %s', async (_kind, text, reason) => {
    for (const name of ['subject', 'resource', 'operation', 'anchor']) {
      const message = await faultOf({ [name]: text })
      expect(message).toMatch(reason)
      expect(message.startsWith(`${name}: `)).toBe(true)
    }
    const message = await faultOf({ designations: { tenantId: text } })
    expect(message).toMatch(reason)
    expect(message.startsWith('designations.tenantId: ')).toBe(true)
  })
})

describe('what mintCapability refuses', () => {
  it.each(['subject', 'resource', 'operation'])('mintCapability refuses a missing %s', async (name) => {
    expect(await faultOf({ [name]: undefined })).toBe(`${name}: must be a string`)
  })

  it.each([
    ['expiresin', /^expiresin: unknown option/],
    ['__proto__\n', /^__proto__\\u\{a\}: unknown option/],
    ['constructor', /^constructor: unknown option/],
  ])('mintCapability refuses the unknown option %j', async (name, message) => {
    expect(await faultOf({ [name]: 60 })).toMatch(message)
  })

  it.each([undefined, null, 'alice', 7, []])('mintCapability refuses options that are %j', async (options) => {
    await expect(mintCapability(options as never, root.privateKey)).rejects.toThrow(/^options: must be an object$/)
  })

  const lifetimes = [
    ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 5n, null, true, {}, []],
    ...'|5|s|0s|-5s|+5s|05s|1.5h|5 m| 5m|5m |5m\n|5M|5w|5ms|1h30m|٥m|5e3s|constructor'.split('|'),
    ...['9007199254740992s', '104249991375d', '99999999999999999999s'],
  ].map((expiresIn) => [typeof expiresIn, JSON.stringify(String(expiresIn)), expiresIn] as const)
  it.each(lifetimes)('mintCapability refuses expiresIn of type %s: %s', async (_type, _text, expiresIn) => {
    expect(await faultOf({ expiresIn })).toMatch(/^expiresIn: must be a whole, positive number of seconds/)
  })

  it('mintCapability refuses a lifetime that ends too far in the future', async () => {
    expect(await faultOf({ expiresIn: Number.MAX_SAFE_INTEGER })).toBe('expiresIn: ends too far in the future')
  })

  const times = [Number.NaN, Number.POSITIVE_INFINITY, -1, -0.5, '1800000000', undefined, null, 5n, new Date(0)]
  it.each(times.map((time) => [typeof time, String(time), time] as const))(
    'mintCapability refuses a clock that returns the %s %s',
    async (_type, _text, time) => {
      expect(await faultOf({ now: () => time })).toMatch(/^now: must return Unix seconds/)
    },
  )

  it('mintCapability refuses a clock of milliseconds', async () => {
    expect(await faultOf({ now: () => NOW * 1000 })).toBe('now: must return seconds, not milliseconds')
  })

  it.each([NOW, 'now', {}])('mintCapability refuses the clock %j, which is not a function', async (now) => {
    expect(await faultOf({ now })).toBe('now: must be a function')
  })

  const ids = [-1, 1.5, 2 ** 32, Number.NaN, '1', 1n, {}, true]
  it.each(ids.map((id) => [typeof id, String(id), id] as const))(
    'mintCapability refuses the %s %s as a root key id',
    async (_type, _text, rootKeyId) => {
      expect(await faultOf({ rootKeyId })).toBe('rootKeyId: must be an integer from 0 to 4294967295')
    },
  )

  it.each([
    ['a promise, as a forgotten await leaves it', Promise.resolve({ tenantId: 'acme' })],
    ['search params', new URLSearchParams('tenantId=acme')],
    ['an empty map', new Map()],
    ['null', null],
    ['a string', 'tenantId'],
    ['a number', 7],
    ['a list of pairs', [['tenantId', 'acme']]],
    ['a map', new Map([['tenantId', 'acme']])],
  ])('mintCapability refuses designations that are %s', async (_name, designations) => {
    expect(await faultOf({ designations })).toBe('designations: must be an object from label to value')
  })

  it('mintCapability refuses the reserved labels', async () => {
    expect(await faultOf({ designations: { anchor: 'service:billing' } })).toBe(
      'designations.anchor: the label is reserved, use the option "anchor"',
    )
    expect(await faultOf({ designations: { facet: '1' } })).toBe('designations.facet: the label is reserved')
  })

  it('mintCapability refuses labels that no token can hold', async () => {
    expect(await faultOf({ designations: { '': 'acme' } })).toMatch(/^designations\. \(label\): must not be empty$/)
    expect(await faultOf({ designations: { '\ud800': 'acme' } })).toMatch(
      /^designations\.\\u\{d800\} \(label\): .*surrogates/,
    )
    const long = await faultOf({ designations: { ['x'.repeat(5000)]: 'acme' } })
    expect(long).toMatch(/^designations\.x+… \(label\): must not be longer than 4096 bytes/)
  })

  const hex = root.privateKey.slice('ed25519-private/'.length)
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['an empty string', ''],
    ['a public key', root.publicKey],
    ['hex without an algorithm', hex],
    ['a key that is one byte short', `ed25519-private/${hex.slice(2)}`],
    ['an object with the key', { privateKey: hex }],
  ])('mintCapability refuses %s as the private key and does not print it', async (_name, key) => {
    const message = await messageOf(mintCapability({ ...right, ...clock }, key as never))
    expect(message).toMatch(/^privateKey: /)
    expect(message).not.toContain(hex.slice(2, 10))
  })

  it('mintCapability refuses to write a token that no verifier would read', async () => {
    const many = (count: number, value: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, value]))
    const message = /^designations: /
    const largest = await mint({ designations: many(126, 'v') })
    expect(designatedBy(largest)).toHaveLength(126)
    expect(await faultOf({ designations: many(127, 'v') })).toMatch(message)
    expect(await faultOf({ designations: many(126, 'v'), anchor: 'service:billing' })).toMatch(message)
    expect(await faultOf({ designations: many(100_000, 'v') })).toMatch(message)
    expect(await faultOf({ designations: { a: 'a'.repeat(4096), b: 'b'.repeat(4096), c: 'c'.repeat(4096) } })).toMatch(
      /^designations: the result would have \d+ characters, and no verifier reads more than 16384$/,
    )
    expect(
      await faultOf({ subject: 's'.repeat(4096), resource: 'r'.repeat(4096), operation: 'o'.repeat(4096) }),
    ).toMatch(/^subject: /)
  })
})
