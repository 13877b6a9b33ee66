import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attenuate, type CapabilityRequest, createVerifier, mintCapability, type Verifier } from '../../src/index.ts'
import { appendBlock } from '../support/forge/forge.ts'
import { profileCases } from '../support/gen/arbitraries.ts'
import { gateway, root } from '../support/keys.ts'
import { runs } from '../support/runs.ts'
import { NOW } from '../support/verify.ts'

// The seed is fixed, so that a run says the same twice; `WRIT_SEED` is for other searches.
const seed = Number(process.env['WRIT_SEED'] ?? 20_261_122)

const now = () => NOW
const ANCHORS = [undefined, 'service:billing', 'service:orders']

/** Verifiers that demand what they are told to, and the same ones with nothing demanded beyond the token's own checks. */
const strict = ANCHORS.map((anchor) => createVerifier({ keys: root.publicKey, now, anchor: anchor ?? null }))
const lenient = ANCHORS.map((anchor) =>
  createVerifier({ keys: root.publicKey, now, anchor: anchor ?? null, allowUnanchored: true }),
)

const LABELS = ['tenantId', 'userId', '__proto__']
const VALUES = ['acme', 'globex', 'constructor']

const designations = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...LABELS), fc.constantFrom(...VALUES)), {
    selector: ([label]) => label,
    maxLength: 2,
  })
  .map((pairs) => Object.fromEntries(pairs) as Record<string, string>)

const request: fc.Arbitrary<CapabilityRequest> = fc.record({
  resource: fc.constantFrom('invoices', 'orders'),
  operation: fc.constantFrom('read', 'read', 'write'),
  designations,
})

/** What a holder may append without any key but the token. */
const narrowing = fc.record({
  designations,
  anchor: fc.option(fc.constantFrom('service:billing', 'service:orders'), { nil: undefined }),
  expiresIn: fc.option(fc.constantFrom(1, 60), { nil: undefined }),
})

/** Blocks of the whole profile: facts, checks and scopes of any kind. */
const blockSpec = profileCases(1)
  .map(({ spec }) => spec.blocks?.[0])
  .filter((block) => block !== undefined)

/** Which of the requests each verifier accepts. */
async function acceptedBy(
  verifiers: readonly Verifier[],
  token: string,
  requests: readonly CapabilityRequest[],
): Promise<Set<string>> {
  const accepted = new Set<string>()
  for (const [v, verifier] of verifiers.entries()) {
    // As `verify` does it, with one proof for all requests: signatures would take most of the time here.
    const proof = await verifier.prove(token).catch(() => undefined)
    if (proof === undefined) continue
    for (const [r, wanted] of requests.entries()) {
      const passes = await proof.authorize(wanted).then(
        () => true,
        () => false,
      )
      if (passes) accepted.add(`${ANCHORS[v]} ${r}`)
    }
  }
  return accepted
}

/** What the checks of a token permit at all. */
function permitted(token: string, requests: readonly CapabilityRequest[]): Promise<Set<string>> {
  return acceptedBy(
    lenient,
    token,
    requests.map((wanted) => ({ ...wanted, allowUndesignated: true })),
  )
}

/**
 * Naming the object is what a verifier may demand, and a holder may do; it makes a strict verifier accept what it refused as
 * `undesignated` or `wrong_anchor`. It never makes any verifier accept what the wider token did not permit.
 */
async function expectNarrower(narrow: string, wide: string, requests: readonly CapabilityRequest[]): Promise<number> {
  const before = await permitted(wide, requests)
  const after = new Set([...(await permitted(narrow, requests)), ...(await acceptedBy(strict, narrow, requests))])
  expect([...after].filter((key) => !before.has(key))).toEqual([])
  return after.size
}

const minted = fc.record({ designations, anchor: fc.option(fc.constant('service:billing'), { nil: undefined }) })

const mintedTokens = new Map<string, Promise<string>>()

/** Options repeat in many runs, and one token of each will do. */
function mint(options: { designations: Record<string, string>; anchor: string | undefined }): Promise<string> {
  const key = JSON.stringify([Object.entries(options.designations), options.anchor])
  const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
  const token = mintedTokens.get(key) ?? mintCapability({ ...right, now, ...options }, root.privateKey)
  mintedTokens.set(key, token)
  return token
}

describe('whatever a holder appends', () => {
  it('whatever a holder attenuates, the result passes nowhere that the wider token was refused', async () => {
    let passed = 0
    await fc.assert(
      fc.asyncProperty(
        minted,
        fc.array(narrowing, { minLength: 1, maxLength: 3 }),
        fc.array(request, { minLength: 4, maxLength: 4 }),
        async (options, steps, requests) => {
          let token = await mint(options)
          for (const step of steps) {
            const narrow = await attenuate(token, root.publicKey, { ...step, now }).catch((error: unknown) => {
              // Nothing to add, a second anchor, a second value: refused, and so nothing grew.
              expect(error).toBeInstanceOf(TypeError)
              return token
            })
            passed += await expectNarrower(narrow, token, requests)
            token = narrow
          }
        },
      ),
      { seed, numRuns: runs(60) },
    )
    expect(passed).toBeGreaterThan(0)
  }, 30_000)

  it('a block that a holder writes by hand only narrows, whatever it states, checks or trusts', async () => {
    let passed = 0
    await fc.assert(
      fc.asyncProperty(
        minted,
        blockSpec,
        fc.boolean(),
        fc.array(request, { minLength: 3, maxLength: 3 }),
        async (options, block, external, requests) => {
          const token = await mint(options)
          const key = external ? { externalKey: gateway.privateKey } : {}
          passed += await expectNarrower(appendBlock(token, { ...block, signing: {} }, key), token, requests)
        },
      ),
      { seed, numRuns: runs(120) },
    )
    expect(passed).toBeGreaterThan(0)
  }, 30_000)
})

describe('if a request with a designation passes', () => {
  it('the same request with any other value is refused', async () => {
    let passed = 0
    await fc.assert(
      fc.asyncProperty(
        designations,
        fc.constantFrom(...LABELS),
        fc.constantFrom(...VALUES),
        fc.string({ unit: 'grapheme' }),
        async (extra, label, value, other) => {
          fc.pre(other !== value)
          const token = await mint({ designations: { ...extra, [label]: value }, anchor: undefined })
          const verifier = strict[0]!
          const wanted = (named: string) => ({
            resource: 'invoices',
            operation: 'read',
            designations: Object.fromEntries([...Object.entries(extra), [label, named]]),
          })
          const passes = await verifier.verify(token, wanted(value)).then(
            () => true,
            () => false,
          )
          if (!passes) return
          passed++
          await expect(verifier.verify(token, wanted(other))).rejects.toMatchObject({
            code: 'wrong_designation',
            label,
          })
        },
      ),
      { seed, numRuns: runs(300) },
    )
    expect(passed).toBeGreaterThan(runs(50))
  }, 30_000)
})
