import { CapabilityError, type CapabilityErrorCode } from '../internal/base/capability-error.ts'
import { readClock } from '../internal/base/clock.ts'
import type { Limits } from '../internal/base/limits.ts'
import { whenDone } from '../internal/base/steps.ts'
import { type Assertions, withoutRelayed } from '../internal/evaluate/assertions.ts'
import type { CompiledCheck } from '../internal/evaluate/compiled-check.ts'
import { type Given, givenBy } from '../internal/evaluate/given.ts'
import { Work } from '../internal/evaluate/work.ts'
import { authenticate } from '../internal/read/authenticate-token.ts'
import { bindingsOf } from '../internal/rules/bindings.ts'
import { type CompiledToken, compileToken } from '../internal/rules/compile-token.ts'
import { describeCheck } from '../internal/rules/describe-check.ts'
import type { Token } from '../internal/token/decode-token.ts'
import type { PublicKey } from '../keys/internal/keys.ts'
import { facetOf } from './internal/facet.ts'
import { proveCapability, type Settings } from './internal/prove-capability.ts'
import { readDesignations, readRequest } from './internal/read-request.ts'
import { readVerifierOptions } from './internal/verifier-options.ts'
import type { CapabilityRequest, VerifierOptions } from './verifier.ts'

/** What a verifier makes of a token and a request. For operators: it quotes values of the token and of the request. */
export interface Explanation {
  /** Whether a verifier with these options permits the request. The use of a single-use capability is not looked up. */
  readonly allowed: boolean
  /** Why it does not, as `verify` says it. `undefined` if it does. */
  readonly code: CapabilityErrorCode | undefined
  /** The sentence of the code, and the values that decided. `undefined` if the request is permitted. */
  readonly reason: string | undefined
  /** Empty unless every signature of the token is verified: anyone may have written any other token. */
  readonly blocks: readonly ExplainedBlock[]
  /** Labels of the request that no check of the token binds. The token is not about that object, but about all. */
  readonly unbound: readonly string[]
}

/** One block of a token. */
export interface ExplainedBlock {
  /** Index; 0 is the authority block. */
  readonly block: number
  /** Who signed it: the authority, a holder who narrowed the token, or somebody with a key of their own. */
  readonly signedBy: 'authority' | 'holder' | 'third party'
  /** The key of the authority or of the third party. A holder's is used once, and says nothing. */
  readonly publicKey: string | undefined
  readonly checks: readonly ExplainedCheck[]
}

/** One check of a block. */
export interface ExplainedCheck {
  /** Index within its block. */
  readonly check: number
  /** What it demands, in words: `tenantId is "acme"`. */
  readonly demand: string
  /** Whether the request meets it. */
  readonly holds: boolean
}

/**
 * Explains why a verifier permits or refuses a request: every check of the token, and whether the request meets it. It
 * spends no single use.
 *
 * @param token - URL-safe base64.
 * @param request - As for `Verifier.verify`.
 * @param options - As for `createVerifier`.
 * @throws `TypeError` naming the option, or the member of the request, that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { explain, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
 * const token = await mintCapability({ ...right, designations: { tenantId: 'acme' } }, privateKey)
 *
 * const request = { resource: 'invoices', operation: 'read', designations: { tenantId: 'globex' } }
 * const { code, blocks } = await explain(token, request, { keys: publicKey, anchor: null })
 * console.log(code) // wrong_designation
 * for (const { demand, holds } of blocks[0]?.checks ?? []) console.log(holds ? 'yes' : 'NO', demand)
 * ```
 */
export async function explain(
  token: string,
  request: CapabilityRequest,
  options: VerifierOptions,
): Promise<Explanation> {
  const settings = readVerifierOptions({ ...options, cache: false })
  const wanted = readRequest(request)
  const verdict = await decide(token, wanted, settings)
  let proven: { token: Token; root: PublicKey }
  try {
    proven = await whenDone(authenticate(token, settings.roots, settings.limits, undefined))
  } catch (error) {
    return Object.freeze({ ...describeVerdict(verdict ?? error), blocks: [], unbound: [] })
  }
  const designations = await readObject(wanted.designations)
  const demands = compileToken(proven.token.blocks)
  const bound = new Set(bindingsOf(proven.token.blocks, demands.stated).map(({ label }) => label))
  return Object.freeze({
    ...describeVerdict(verdict),
    blocks: describeBlocks(proven, demands, assertionsOf(wanted, designations, demands, settings), settings.limits),
    unbound: Object.freeze([...designations.keys()].filter((label) => !bound.has(label))),
  })
}

/** The refusal, or `undefined`. */
async function decide(token: string, request: CapabilityRequest, settings: Settings): Promise<unknown> {
  try {
    const proof = await whenDone(proveCapability(token, settings))
    await whenDone(proof.decide(request))
    return undefined
  } catch (error) {
    if (error instanceof CapabilityError) return error
    throw error
  }
}

function describeVerdict(error: unknown): Pick<Explanation, 'allowed' | 'code' | 'reason'> {
  if (error === undefined) return { allowed: true, code: undefined, reason: undefined }
  if (!(error instanceof CapabilityError)) throw error
  return { allowed: false, code: error.code, reason: error.message }
}

/** What the request names; nothing if its own function fails, which the verdict tells. */
async function readObject(given: CapabilityRequest['designations']): Promise<ReadonlyMap<string, string>> {
  if (given === undefined) return new Map()
  if (typeof given !== 'function') return readDesignations(given)
  try {
    return readDesignations(await given())
  } catch {
    return new Map()
  }
}

function assertionsOf(
  { resource, operation, subject }: CapabilityRequest,
  designations: ReadonlyMap<string, string>,
  { bindings }: CompiledToken,
  { anchor, namespace, singleUse, now, clockTolerance }: Settings,
): Assertions {
  const facet = singleUse && facetOf(bindings)?.value
  const time = readClock(now) - clockTolerance
  return { time, resource, operation, subject, designations, facet, anchor: anchor?.name, namespace }
}

function describeBlocks(
  { token: { blocks }, root }: { token: Token; root: PublicKey },
  demands: CompiledToken,
  assertions: Assertions,
  limits: Limits,
): readonly ExplainedBlock[] {
  const work = new Work(limits.steps)
  const given = givenBy(assertions, blocks)
  // Checks that name a key must also hold without what the request says.
  const own = givenBy(withoutRelayed(assertions), blocks)
  return Object.freeze(
    blocks.map(({ external }, index): ExplainedBlock => {
      const checks = demands.checks.filter(({ placed }) => placed.block === index)
      return {
        block: index,
        signedBy: index === 0 ? 'authority' : external === undefined ? 'holder' : 'third party',
        publicKey: index === 0 ? root.text : external?.publicKey.text,
        checks: checks.map((check) => ({
          check: check.placed.index,
          demand: describeCheck(check.placed, blocks, demands.stated),
          holds: isMet(check, given, work) && (!demands.keyed.includes(check) || isMet(check, own, work)),
        })),
      }
    }),
  )
}

/** Where the steps have run out, the verdict is `limits_exceeded`, and no check counts as met. */
function isMet(check: CompiledCheck, given: Given, work: Work): boolean {
  try {
    return check.isSatisfied(given, work)
  } catch (error) {
    if (error instanceof CapabilityError) return false
    throw error
  }
}
