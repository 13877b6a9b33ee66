import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttenuateOptions, attenuate } from '../../src/capability/attenuate.ts'
import { type MintCapabilityOptions, mintCapability } from '../../src/capability/mint-capability.ts'
import { CapabilityError, type CapabilityErrorCode } from '../../src/internal/base/capability-error.ts'
import { DEFAULT_LIMITS } from '../../src/internal/base/limits.ts'
import { statedWorld } from '../../src/internal/evaluate/world.ts'
import { bindingsOf } from '../../src/internal/rules/bindings.ts'
import { decodeToken } from '../../src/internal/token/decode-token.ts'
import { capabilityBlock, designationCheck, fact, pred, query } from '../support/forge/datalog.ts'
import { bytesOf, readToken, textOf, writeToken } from '../support/forge/envelope.ts'
import { appendBlock, forge, sealToken } from '../support/forge/forge.ts'
import { gateway, mallory, root, rootP256, type TestKey } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { sourcesByReference } from '../support/oracle/hessra.ts'
import { passesReference } from '../support/oracle/reference.ts'
import { runs } from '../support/runs.ts'
import { codeOf, expectRefused } from '../support/verify.ts'

const NOW = 1_800_000_000
const now = (): number => NOW
const request = { time: NOW, resource: 'invoices', operation: 'read' }

const mint = (options: Partial<MintCapabilityOptions> = {}, key: TestKey = root): Promise<string> =>
  mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read', now, ...options }, key.privateKey)

const narrow = (token: string, options: AttenuateOptions, key: TestKey = root): Promise<string> =>
  attenuate(token, key.publicKey, { now, ...options })

function passes(token: string, designations: Readonly<Record<string, string>> = {}, time = NOW, key = root): boolean {
  return passesReference(token, key.publicKey, {
    ...request,
    time,
    designations: new Map(Object.entries(designations)),
  })
}

describe('attenuate', () => {
  it.each([
    ['ed25519', root],
    ['secp256r1', rootP256],
  ])('attenuate narrows a capability signed with %s and needs only the public key', async (_algorithm, key) => {
    const broad = await mint({}, key)
    const token = await narrow(broad, { designations: { tenantId: 'acme' }, anchor: 'service:billing' }, key)
    const exact = { tenantId: 'acme', anchor: 'service:billing' }
    expect(passes(token, exact, NOW, key)).toBe(true)
    expect(passes(token, { ...exact, tenantId: 'globex' }, NOW, key)).toBe(false)
    expect(passes(token, { ...exact, anchor: 'service:payroll' }, NOW, key)).toBe(false)
    expect(passes(token, { tenantId: 'acme' }, NOW, key)).toBe(false)
    expect(passes(token, {}, NOW, key)).toBe(false)
    expect(passes(broad, {}, NOW, key)).toBe(true)
  })

  it('attenuate appends one block with the statements of the Hessra open core', async () => {
    const broad = await mint({ designations: { tenantId: 'acme' } })
    const token = await narrow(broad, {
      designations: { invoiceId: '42', region: 'eu' },
      anchor: 'b',
      expiresIn: '30s',
    })
    const [authority, ...blocks] = sourcesByReference(token, root.publicKey)
    expect(authority).toBe(sourcesByReference(broad, root.publicKey)[0])
    expect(blocks).toEqual([
      [
        'check if designation("invoiceId", "42");',
        'check if designation("region", "eu");',
        'check if designation("anchor", "b");',
        'check if time($t), $t < 1800000030;',
        '',
      ].join('\n'),
    ])
  })

  it('attenuate shortens the life of a token and cannot prolong it', async () => {
    const broad = await mint({ expiresIn: 60 })
    const short = await narrow(broad, { expiresIn: 10 })
    expect(passes(short, {}, NOW + 9)).toBe(true)
    expect(passes(short, {}, NOW + 10)).toBe(false)
    const long = await narrow(broad, { expiresIn: '7d' })
    expect(passes(long, {}, NOW + 59)).toBe(true)
    expect(passes(long, {}, NOW + 60)).toBe(false)
  })

  it('attenuate adds no time check unless expiresIn is given', async () => {
    const token = await attenuate(await mint(), root.publicKey, { designations: { tenantId: 'acme' } })
    expect(sourcesByReference(token, root.publicKey)[1]).toBe('check if designation("tenantId", "acme");\n')
  })

  it('attenuate narrows again and again, up to the limit of 32 blocks', async () => {
    let token = await mint()
    const designations: Record<string, string> = {}
    for (let block = 1; block < DEFAULT_LIMITS.blocks; block++) {
      designations[`label${block}`] = `value${block}`
      token = await narrow(token, { designations: { [`label${block}`]: `value${block}` } })
    }
    expect(decodeToken(token, DEFAULT_LIMITS).blocks).toHaveLength(32)
    expect(passes(token, designations)).toBe(true)
    expect(await messageOf(narrow(token, { designations: { one: 'more' } }))).toBe(
      'token: has as many blocks as a verifier reads',
    )
  })

  it('an expired token that is attenuated is still expired', async () => {
    const token = await mint({ expiresIn: 1, now: () => 1000 })
    expect(passes(await narrow(token, { designations: { tenantId: 'acme' } }), { tenantId: 'acme' })).toBe(false)
  })

  it('attenuate keeps the root key id', async () => {
    const token = await narrow(await mint({ rootKeyId: 7 }), { designations: { tenantId: 'acme' } })
    expect(decodeToken(token, DEFAULT_LIMITS).rootKeyId).toBe(7)
  })

  it('attenuate reads tokens without padding and writes padding', async () => {
    const endings = new Set<string>()
    for (const subject of ['a', 'al', 'ali', 'alic', 'alice']) {
      const token = await narrow((await mint({ subject })).replaceAll('=', ''), { designations: { [subject]: 'acme' } })
      expect(token).toMatch(/^[A-Za-z0-9_-]+={0,2}$/)
      expect(token.length % 4).toBe(0)
      endings.add(token.replace(/^[^=]*/, ''))
    }
    expect(endings.size).toBeGreaterThan(1)
  })

  it('attenuate appends to a token that has blocks of third parties', async () => {
    const attested = appendBlock(
      await mint(),
      { facts: [fact('designation', 'region', 'eu')] },
      { externalKey: gateway.privateKey },
    )
    const token = await narrow(attested, { designations: { tenantId: 'acme' } })
    expect(passes(token, { tenantId: 'acme' })).toBe(true)
    expect(passes(token)).toBe(false)
  })

  it('attenuate accepts a public key in upper case', async () => {
    const [algorithm, hex = ''] = root.publicKey.split('/')
    const token = await attenuate(await mint(), `${algorithm}/${hex.toUpperCase()}`, { expiresIn: '1m', now })
    expect(passes(token)).toBe(true)
  })

  it('attenuate binds every string exactly, and the result never passes where the wider token was refused', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      fc.constantFrom(
        '__proto__',
        'constructor',
        'ed25519/xyz',
        mallory.publicKey,
        '"); right("a',
        '\\',
        '\n',
        '{v}',
        '$t',
      ),
    )
    const label = text.filter((name) => name !== 'anchor' && name !== 'facet')
    const broad = await mint()
    await fc.assert(
      fc.asyncProperty(label, text, text, text, async (name, value, anchor, other) => {
        const token = await narrow(broad, { designations: { [name]: value }, anchor })
        const { blocks } = decodeToken(token, DEFAULT_LIMITS)
        expect(bindingsOf(blocks, statedWorld(blocks))).toEqual([
          { label: name, value, block: 1, attested: false },
          { label: 'anchor', value: anchor, block: 1, attested: false },
        ])
        const asks = (...pairs: [string, string][]): boolean =>
          passesReference(token, root.publicKey, { ...request, designations: new Map(pairs) })
        expect(asks([name, value], ['anchor', anchor])).toBe(true)
        expect(asks([name, other], ['anchor', anchor])).toBe(other === value)
        expect(asks([name, value], ['anchor', other])).toBe(other === anchor)
      }),
      { numRuns: runs(60) },
    )
  })
})

describe('what attenuate refuses', () => {
  it('attenuate refuses another value for a label that any block binds', async () => {
    const minted = await mint({ designations: { tenantId: 'acme' } })
    const message = 'designations.tenantId: the token demands another value already'
    expect(await messageOf(narrow(minted, { designations: { tenantId: 'globex' } }))).toBe(message)
    const narrowed = await narrow(await mint(), { designations: { tenantId: 'acme' } })
    expect(await messageOf(narrow(narrowed, { designations: { invoiceId: '42', tenantId: 'globex' } }))).toBe(message)
    const attested = forge({
      root: root.privateKey,
      authority: capabilityBlock({ checks: [designationCheck('tenantId', 'acme', { key: gateway.publicKey })] }),
    })
    expect(await messageOf(narrow(attested, { designations: { tenantId: 'globex' } }))).toBe(message)
  })

  it('attenuate accepts the same value again, and one of several values that a check allows', async () => {
    const same = await narrow(await mint({ designations: { tenantId: 'acme' } }), {
      designations: { tenantId: 'acme' },
    })
    expect(passes(same, { tenantId: 'acme' })).toBe(true)
    const either = {
      queries: [query(pred('designation', 'tenantId', 'acme')), query(pred('designation', 'tenantId', 'globex'))],
    }
    const token = forge({ root: root.privateKey, authority: capabilityBlock({ checks: [either] }) })
    const chosen = await narrow(token, { designations: { tenantId: 'globex' } })
    expect(passes(chosen, { tenantId: 'globex' })).toBe(true)
    expect(passes(chosen, { tenantId: 'acme' })).toBe(false)
  })

  const mintAnchored = () => mint({ anchor: 'service:billing' })
  const narrowToAnchor = async () => narrow(await mint(), { anchor: 'service:billing' })
  it.each([
    ['the same', 'minted with one', 'service:billing', mintAnchored],
    ['another', 'minted with one', 'service:payroll', mintAnchored],
    ['the same', 'narrowed to one', 'service:billing', narrowToAnchor],
    ['another', 'narrowed to one', 'service:payroll', narrowToAnchor],
  ])('attenuate refuses %s anchor for a token that was %s', async (_which, _how, anchor, make) => {
    const token = await make()
    expect(await messageOf(narrow(token, { anchor }))).toBe('anchor: the token has one already')
    expect(passes(await narrow(token, { expiresIn: 9 }), { anchor: 'service:billing' })).toBe(true)
  })

  it.each(['anchor', 'facet'])('attenuate refuses the reserved label %s', async (label) => {
    const narrowed = narrow(await mint(), { designations: { [label]: '1' } })
    expect(await messageOf(narrowed)).toMatch(new RegExp(`^designations\\.${label}: the label is reserved`))
  })

  it.each([
    ['an empty string', ''],
    ['a lone surrogate', '\ud800'],
    ['4097 bytes', 'x'.repeat(4097)],
    ['a number', 7],
    ['null', null],
  ])('attenuate refuses %s as a designation and as an anchor', async (_name, text) => {
    const token = await mint()
    const message = (options: object): Promise<string> => messageOf(narrow(token, options as never))
    expect(await message({ designations: { tenantId: text } })).toMatch(/^designations\.tenantId: must /)
    expect(await message({ anchor: text })).toMatch(/^anchor: must /)
  })

  it.each([
    ['null', null],
    ['a string', 'tenantId'],
    ['an array', ['acme']],
    ['a map', new Map([['tenantId', 'acme']])],
  ])('attenuate refuses designations that are %s', async (_name, designations) => {
    expect(await messageOf(narrow(await mint(), { designations } as never))).toMatch(/^designations: must be an object/)
  })

  it.each<[string, AttenuateOptions]>([
    ['no options', {}],
    ['empty designations', { designations: {} }],
    ['only undefined options', { anchor: undefined, expiresIn: undefined } as AttenuateOptions],
  ])('attenuate refuses %s, because there is nothing to add', async (_name, options) => {
    expect(await messageOf(narrow(await mint(), options))).toBe(
      'options: must have designations, an anchor, attested or expiresIn',
    )
  })

  it('attenuate refuses an unknown option', async () => {
    const options = { expiresIn: 9, subject: 'mallory' } as never
    expect(await messageOf(narrow(await mint(), options))).toMatch(/^subject: unknown option/)
  })

  it.each([undefined, null, 'tenantId', []])('attenuate refuses options that are %j', async (options) => {
    expect(await messageOf(attenuate(await mint(), root.publicKey, options as never))).toBe(
      'options: must be an object',
    )
  })

  it.each([0, -1, 1.5, Number.NaN, '0s', '5', '1.5h', null])('attenuate refuses expiresIn %s', async (expiresIn) => {
    const narrowed = narrow(await mint(), { expiresIn } as never)
    expect(await messageOf(narrowed)).toMatch(/^expiresIn: must be a whole, positive/)
  })

  it('attenuate refuses an invalid clock', async () => {
    const token = await mint()
    expect(await messageOf(narrow(token, { expiresIn: 1, now: () => Number.NaN }))).toMatch(/^now: /)
    expect(await messageOf(narrow(token, { expiresIn: 1, now: NOW } as never))).toBe('now: must be a function')
  })

  it.each([
    ['a private key', root.privateKey],
    ['an empty string', ''],
    ['a short key', 'ed25519/00'],
    ['an all-zero key', `ed25519/${'00'.repeat(32)}`],
    ['undefined', undefined],
    ['an empty map', new Map()],
  ])('attenuate refuses %s as the public key and does not print it', async (_name, key) => {
    const message = await messageOf(attenuate(await mint(), key as never, { expiresIn: 9 }))
    expect(message).toMatch(/^keys: /)
    expect(message).not.toContain(root.privateKey.slice(-64, -56))
  })

  it('attenuate refuses sealed tokens', async () => {
    const message = 'token: is sealed, nothing can be appended'
    expect(await messageOf(narrow(sealToken(await mint()), { designations: { tenantId: 'acme' } }))).toBe(message)
  })

  it('attenuate refuses tokens that another key signed, that were changed, or that lost a block', async () => {
    const token = await mint()
    const options = { designations: { tenantId: 'acme' } }
    await expectRefused(narrow(token, options, mallory), { code: 'invalid_signature' }, token)
    const unproven = ['invalid_signature', 'malformed_token']
    expect(unproven).toContain(await codeOf(narrow(token, options, rootP256)))
    const bytes = bytesOf(token)
    for (let index = 0; index < bytes.length; index += 7) {
      const changed = Uint8Array.from(bytes)
      changed[index] = (bytes[index] ?? 0) ^ 1
      expect(unproven).toContain(await codeOf(narrow(textOf(changed), options)))
    }
    const envelope = readToken(await narrow(token, options))
    const cut = writeToken({ ...envelope, blocks: [] })
    await expectRefused(narrow(cut, options), { code: 'invalid_signature' }, cut)
  })

  it.each([
    ['an empty text', 'malformed_token', () => ''],
    ['one character', 'malformed_token', () => 'x'],
    ['padding alone', 'malformed_token', () => '='],
    ['a token and a space', 'malformed_token', (token: string) => `${token} `],
    ['a token and more characters', 'malformed_token', (token: string) => `${token}AAAA`],
    ['a token that is cut short', 'malformed_token', (token: string) => token.slice(0, -8)],
    ['the name of a scheme', 'malformed_token', () => 'Bearer'],
    ['letters outside the alphabet', 'malformed_token', () => 'ü'.repeat(400)],
    ['a mebibyte of text', 'limits_exceeded', () => 'A'.repeat(1 << 20)],
  ])('attenuate refuses %s with %s, and its message holds nothing of the text', async (_name, code, textFrom) => {
    const text = textFrom(await mint())
    const error = await expectRefused(narrow(text, { expiresIn: 9 }), { code })
    expect(error.message).toBe(new CapabilityError(code as CapabilityErrorCode).message)
  })

  it.each([undefined, null, 7, {}])(
    'attenuate throws a TypeError for the token %j, which is not a string',
    async (text) => {
      expect(await messageOf(narrow(text as never, { expiresIn: 9 }))).toBe('token: must be a string')
    },
  )

  it('attenuate refuses tokens with blocks that no verifier would read', async () => {
    const options = { designations: { tenantId: 'acme' } }
    // A term that names a symbol which does not exist: it would crash the library that writes tokens.
    const trap = appendBlock(await mint(), { facts: [fact('evil', { symbol: 2n ** 60n })] })
    await expectRefused(narrow(trap, options), { code: 'malformed_token' }, trap)
    const rule = appendBlock(await mint(), { rules: [{ head: pred('a', 1), body: [pred('b', 1)] }] })
    await expectRefused(narrow(rule, options), { code: 'unsupported_block' }, rule)
    expect(passes(await narrow(await mint(), options), { tenantId: 'acme' })).toBe(true)
  })

  it('attenuate refuses to write more than a verifier reads', async () => {
    const many = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, 'v']))
    const token = await mint()
    expect(passes(await narrow(token, { designations: many(126) }), many(126))).toBe(true)
    expect(await messageOf(narrow(token, { designations: many(127) }))).toMatch(/^designations: /)
    expect(await messageOf(narrow(token, { designations: many(100_000) }))).toMatch(/^designations: /)
    const full = await narrow(token, { designations: many(126) })
    expect(await messageOf(narrow(full, { expiresIn: 9 }))).toMatch(/^expiresIn: /)
    expect(await messageOf(narrow(full, { anchor: 'service:billing' }))).toMatch(/^anchor: /)
    const long = await mint({ subject: 's'.repeat(4096), resource: 'r'.repeat(4000) })
    expect(await messageOf(narrow(long, { designations: { a: 'a'.repeat(4096) } }))).toMatch(
      /^designations: the result would have \d+ characters/,
    )
  })
})
