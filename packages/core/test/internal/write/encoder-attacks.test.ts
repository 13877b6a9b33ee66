import { describe, expect, it } from 'vitest'
import { attenuate, createVerifier, delegateIdentity, mintCapability, mintIdentity, seal } from '../../../src/index.ts'
import { DEFAULT_LIMITS } from '../../../src/internal/base/limits.ts'
import type { Term } from '../../../src/internal/token/datalog.ts'
import { decodeBlock } from '../../../src/internal/token/decode-block.ts'
import { encodeBlock } from '../../../src/internal/token/encode-block.ts'
import { SymbolTable } from '../../../src/internal/token/symbols.ts'
import { predicate } from '../../../src/internal/write/statements.ts'
import { capabilityBlock, fact } from '../../support/forge/datalog.ts'
import { forge } from '../../support/forge/forge.ts'
import { root } from '../../support/keys.ts'
import { messageOf } from '../../support/message-of.ts'
import { createOracle } from '../../support/oracle/oracle.ts'
import { NOW } from '../../support/verify.ts'

const now = () => NOW
const right = { subject: 'alice', resource: 'invoices', operation: 'read', now }
const HUGE = { ...DEFAULT_LIMITS, stringBytes: 2 ** 20, facts: 4096 }

function encode(terms: readonly Term[], table = new SymbolTable()) {
  return encodeBlock({ facts: [predicate('f', ...terms)], rules: [], checks: [], scopes: [] }, false, table)
}

function readBack(terms: readonly Term[]): readonly Term[] {
  const { facts } = decodeBlock(encode(terms).payload, false, new SymbolTable(), HUGE)
  return facts[0]?.terms ?? []
}

describe('the encoder', () => {
  it('every kind of term is read as it was written, at both ends of its range', () => {
    const string = (value: string): Term => ({ type: 'string', value })
    const elements = (...terms: readonly Term[]): Term => ({
      type: 'set',
      elements: new Map(terms.map((term) => [`${term.type} ${(term as { value: unknown }).value}`, term])),
    })
    const terms: readonly Term[] = [
      ...[0n, 1n, -1n, 127n, 128n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n].map(
        (value): Term => ({ type: 'integer', value }),
      ),
      ...[0n, 2n ** 63n, 2n ** 64n - 1n].map((value): Term => ({ type: 'date', value })),
      ...[true, false].map((value): Term => ({ type: 'bool', value })),
      ...['', 'read', '\0', '__proto__', 'constructor', 'é\u{1f511}', '");\n', 'x'.repeat(2 ** 16)].map(string),
      ...[new Uint8Array(), Uint8Array.of(0, 255), new Uint8Array(300)].map(
        (value): Term => ({ type: 'bytes', value }),
      ),
      { type: 'null' },
      elements(),
      elements(string('b'), string('a'), string('__proto__')),
    ]
    expect(readBack(terms)).toEqual(terms)
  })

  it('an integer or a date beyond 64 bits is refused, because it would be read as another one', () => {
    for (const term of [
      { type: 'integer', value: 2n ** 63n },
      { type: 'integer', value: -(2n ** 63n) - 1n },
      { type: 'integer', value: 2n ** 64n },
      { type: 'date', value: -1n },
      { type: 'date', value: 2n ** 64n },
    ] as const) {
      expect(() => encode([term])).toThrow(new TypeError('an integer or a date must fit in 64 bits'))
    }
  })

  it('half of a surrogate pair is refused anywhere, because another string would be signed', () => {
    for (const half of ['\ud800', 'a\udc00b', '\udc00\ud800']) {
      const wrong = new TypeError('a string must be well-formed Unicode')
      expect(() => encode([{ type: 'string', value: half }])).toThrow(wrong)
      expect(() => encode([{ type: 'set', elements: new Map([['s', { type: 'string', value: half }]]) }])).toThrow(
        wrong,
      )
      const content = { facts: [predicate(half)], rules: [], checks: [], scopes: [] }
      expect(() => encodeBlock(content, false, new SymbolTable())).toThrow(wrong)
    }
  })

  it('what the profile leaves out cannot be written', () => {
    const query = { head: predicate('query'), body: [], scopes: [] }
    const check = (op: object) => ({
      facts: [],
      rules: [],
      scopes: [],
      checks: [{ kind: 'one' as const, queries: [{ ...query, expressions: [[op as never]] }] }],
    })
    expect(() => encode([{ type: 'array' }])).toThrow('a block of the profile has no array')
    expect(() => encode([{ type: 'map' }])).toThrow('a block of the profile has no map')
    const nested: Term = { type: 'set', elements: new Map([['s', { type: 'set', elements: new Map() }]]) }
    expect(() => encode([nested])).toThrow('a set has no set')
    const variable: Term = { type: 'variable', name: 'x' }
    expect(() => encode([{ type: 'set', elements: new Map([['v', variable]]) }])).toThrow('a set has no variable')
    expect(() => encodeBlock(check({ type: 'closure', params: 1, ops: [] }), false, new SymbolTable())).toThrow(
      'a closure of the profile has no parameters',
    )
    expect(() => encodeBlock(check({ type: 'binary', kind: 'constructor' }), false, new SymbolTable())).toThrow(
      'a name that the format does not have',
    )
  })

  it('a string has one number however often it occurs, in this block and in those before', () => {
    const table = new SymbolTable()
    const string = (value: string): Term => ({ type: 'string', value })
    encode([string('a'), string('read'), string('a')], table)
    expect(table.size).toEqual({ symbols: 2, keys: 0 })
    encode([string('a'), string('f'), string('b')], table)
    expect(table.since({ symbols: 2, keys: 0 })).toEqual({ symbols: ['b'], keys: [] })
  })

  it('numbers of more than a thousand symbols are written and read', () => {
    const names = Array.from({ length: 1500 }, (_, index) => `symbol ${index}`)
    const facts = names.map((name) => predicate('f', name))
    const { payload } = encodeBlock({ facts, rules: [], checks: [], scopes: [] }, false, new SymbolTable())
    expect(decodeBlock(payload, false, new SymbolTable(), HUGE).facts).toEqual(facts)
  })
})

describe('a holder', () => {
  it('labels named like members of objects are labels like any other', async () => {
    const designations = Object.fromEntries([
      ['__proto__', 'acme'],
      ['constructor', 'x'],
      ['toString', 'y'],
    ])
    const token = await mintCapability(right, root.privateKey)
    const narrow = await attenuate(token, root.publicKey, { designations, now })
    const verifier = createVerifier({ keys: root.publicKey, anchor: null, now })
    const request = { resource: 'invoices', operation: 'read', designations }
    await expect(verifier.verify(narrow, request)).resolves.toMatchObject({ subject: 'alice' })
    expect(createOracle().judge(narrow, root.publicKey, { ...request, time: NOW })).toBe('allow')
  })

  it('a token with more than a thousand symbols in its blocks is narrowed, and read by both', async () => {
    const symbol = (index: number) => index.toString(36)
    const facts = Array.from({ length: 110 }, (_, row) =>
      fact('f', ...Array.from({ length: 10 }, (_, column) => symbol(10 * row + column))),
    )
    const token = forge({ root: root.privateKey, authority: capabilityBlock(), blocks: [{ facts }] })
    const narrow = await attenuate(token, root.publicKey, { designations: { [symbol(1099)]: symbol(0), new: 'acme' } })
    const request = {
      resource: 'invoices',
      operation: 'read',
      designations: { [symbol(1099)]: symbol(0), new: 'acme' },
    }
    const verifier = createVerifier({ keys: root.publicKey, anchor: null, now })
    await expect(verifier.verify(narrow, request)).resolves.toMatchObject({ subject: 'alice' })
    const oracle = createOracle()
    expect(oracle.judge(narrow, root.publicKey, { ...request, time: NOW })).toBe('allow')
    expect(oracle.judge(narrow, root.publicKey, { ...request, time: NOW, designations: { new: 'acme' } })).toBe(
      'refuse',
    )
  })

  it('a string that is too long, or half of a surrogate pair, is a TypeError that names the option', async () => {
    const token = await mintCapability(right, root.privateKey)
    const narrow = (value: string) => messageOf(attenuate(token, root.publicKey, { designations: { tenantId: value } }))
    expect(await narrow('x'.repeat(2 ** 16))).toMatch(/^designations\.tenantId: must not be longer than 4096 bytes/)
    expect(await narrow('a\ud800')).toMatch(/^designations\.tenantId: must be well-formed Unicode/)
    const identity = await mintIdentity({ subject: 'agent:alice', delegatable: true, now }, root.privateKey)
    const delegate = (name: string) => messageOf(delegateIdentity(identity, root.publicKey, { identity: name, now }))
    expect(await delegate(`agent:alice:${'x'.repeat(2 ** 16)}`)).toMatch(/^identity: /)
    expect(await delegate('agent:alice:\udc00')).toMatch(/^identity: /)
  })

  it('a block at the limit of checks is written, and one above it is not', async () => {
    const token = await mintCapability(right, root.privateKey)
    const narrow = (count: number) =>
      attenuate(token, root.publicKey, {
        designations: Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, 'v'])),
      })
    // The authority block of a capability has two checks.
    const most = DEFAULT_LIMITS.checks - 2
    expect(createOracle().revocationIds(await narrow(most), root.publicKey)).toHaveLength(2)
    expect(await messageOf(narrow(most + 1))).toBe(
      'designations: no verifier would read the result (limits_exceeded: checks)',
    )
  })

  it('a sealed token is not extended', async () => {
    const sealed = await seal(await mintCapability(right, root.privateKey), root.publicKey)
    expect(await messageOf(attenuate(sealed, root.publicKey, { expiresIn: 5, now }))).toMatch(/^token: is sealed/)
    expect(await messageOf(seal(sealed, root.publicKey))).toBe('token: is sealed already')
  })
})
