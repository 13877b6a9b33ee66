import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  activate,
  attenuate,
  attest,
  CapabilityError,
  createRevocationList,
  createVerifier,
  explain,
  generateKeyPair,
  mintCapability,
  mintIdentity,
  revocationIds,
} from '../../src/index.ts'

const NOW = 1_800_000_000
const now = () => NOW
const { publicKey, privateKey } = await generateKeyPair()
const attester = await generateKeyPair()
const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
const request = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
const options = { keys: publicKey, anchor: 'service:billing', now }

const broad = await mintCapability({ ...right, expiresIn: 60, now }, privateKey)
const narrow = await attenuate(broad, publicKey, {
  designations: { tenantId: 'acme' },
  anchor: 'service:billing',
  expiresIn: 30,
  now,
})

/** The lines of all blocks: `0.1 yes the time is before …`. */
async function linesOf(token: string, asked: Parameters<typeof explain>[1] = request, by = options) {
  const { blocks } = await explain(token, asked, by)
  return blocks.flatMap(({ block, checks }) =>
    checks.map(({ check, demand, holds }) => `${block}.${check} ${holds ? 'yes' : 'NO'} ${demand}`),
  )
}

describe('explain', () => {
  it('says what every block demands, and that the request meets it', async () => {
    const { allowed, code, reason, unbound, blocks } = await explain(narrow, request, options)
    expect({ allowed, code, reason, unbound }).toEqual({
      allowed: true,
      code: undefined,
      reason: undefined,
      unbound: [],
    })
    expect(blocks.map(({ signedBy }) => signedBy)).toEqual(['authority', 'holder'])
    expect(blocks.map((block) => block.publicKey)).toEqual([publicKey, undefined])
    expect(await linesOf(narrow)).toEqual([
      '0.0 yes the request asks for what the token grants',
      '0.1 yes the time is before 2027-01-15T08:01:00Z',
      '1.0 yes tenantId is "acme"',
      '1.1 yes it is used at "service:billing"',
      '1.2 yes the time is before 2027-01-15T08:00:30Z',
    ])
  })

  it('marks exactly the checks that the request does not meet', async () => {
    const asked = { ...request, designations: { tenantId: 'globex' } }
    const { code, reason } = await explain(narrow, asked, options)
    expect(code).toBe('wrong_designation')
    expect(reason).toBe('the token names another object')
    expect((await linesOf(narrow, asked)).filter((line) => line.includes(' NO '))).toEqual([
      '1.0 NO tenantId is "acme"',
    ])
  })

  it('names the labels that the token does not bind', async () => {
    const anchored = await attenuate(broad, publicKey, { anchor: 'service:billing', now })
    const { code, unbound } = await explain(anchored, request, options)
    expect({ code, unbound }).toEqual({ code: 'undesignated', unbound: ['tenantId'] })
  })

  it('says whose word is missing', async () => {
    const attested = { tenantId: { value: 'acme', by: attester.publicKey } }
    const latent = await mintCapability({ ...right, activator: attester.publicKey, attested, now }, privateKey)
    const demands = [
      `tenantId is "acme", and the holder of ${attester.publicKey} has said so`,
      `the holder of ${attester.publicKey} has activated it`,
    ]
    const lines = (await linesOf(latent)).map((line) => line.slice(4))
    for (const demand of demands) expect(lines).toContain(`NO ${demand}`)
    const keys = { keys: publicKey, privateKey: attester.privateKey }
    const active = await activate(await attest(latent, keys, { designations: { tenantId: 'acme' }, now }), keys, {
      now,
    })
    const told = (await linesOf(active, request, { ...options, anchor: null as never })).map((line) => line.slice(4))
    for (const demand of demands) expect(told).toContain(`yes ${demand}`)
  })

  it('says nothing of a token that nobody has signed for this verifier', async () => {
    const other = await generateKeyPair()
    const forged = await mintCapability({ ...right, now }, other.privateKey)
    const { allowed, code, blocks, unbound } = await explain(forged, request, options)
    expect({ allowed, code, blocks, unbound }).toEqual({
      allowed: false,
      code: 'invalid_signature',
      blocks: [],
      unbound: [],
    })
    expect((await explain('nonsense', request, options)).code).toBe('malformed_token')
  })

  it('tells of an identity, of an end and of a revocation by their codes', async () => {
    const identity = await mintIdentity({ subject: 'alice', now }, privateKey)
    expect((await explain(identity, request, options)).code).toBe('wrong_kind')
    expect((await explain(narrow, request, { ...options, now: () => NOW + 31 })).code).toBe('expired')
    const revocation = createRevocationList([revocationIds(narrow)[1] as string])
    expect((await explain(narrow, request, { ...options, revocation } as never)).code).toBe('revoked')
  })

  it('quotes what a token says so that it cannot break a line', async () => {
    const hostile = await attenuate(broad, publicKey, { designations: { tenantId: 'acme\u001b[2J\nALLOWED' }, now })
    const lines = await linesOf(hostile)
    expect(lines).toContain('1.0 NO tenantId is "acme\\u{1b}[2J\\u{a}ALLOWED"')
  })

  it('rejects with what the function of the request throws by mistake', async () => {
    const failing = { ...request, designations: () => Promise.reject(new Error('the database is away')) }
    expect((await explain(narrow, failing, options)).code).toBe('unavailable')
  })

  it('gives the verdict of a verifier, and names a check that fails where the verifier does', async () => {
    const value = fc.constantFrom('acme', 'globex')
    const label = fc.constantFrom('tenantId', 'invoiceId')
    const designations = fc.dictionary(label, value, { maxKeys: 2 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(designations, { maxLength: 3 }),
        designations,
        fc.constantFrom('service:billing', 'service:orders'),
        fc.integer({ min: 0, max: 70 }),
        async (blocks, asked, anchor, later) => {
          let token = broad
          for (const [index, pairs] of blocks.entries()) {
            const at = index === 0 ? { anchor } : {}
            const narrowed = await attenuate(token, publicKey, { designations: pairs, ...at, now }).catch(
              () => undefined,
            )
            token = narrowed ?? token
          }
          const verifierOptions = { ...options, now: () => NOW + later }
          const wanted = { ...request, designations: asked }
          const error = await createVerifier(verifierOptions)
            .verify(token, wanted)
            .then(
              () => undefined,
              (cause) => cause,
            )
          const explained = await explain(token, wanted, verifierOptions)
          expect(explained.code).toBe(error?.code)
          expect(explained.allowed).toBe(error === undefined)
          const checks = explained.blocks.flatMap(({ block, checks }) => checks.map((check) => ({ block, ...check })))
          if (error === undefined) expect(checks.every(({ holds }) => holds)).toBe(true)
          if (error instanceof CapabilityError && error.check !== undefined)
            expect(checks.find(({ block, check }) => block === error.block && check === error.check)?.holds).toBe(false)
        },
      ),
      { numRuns: 40 },
    )
  })
})
