import { isDeepStrictEqual } from 'node:util'
import { createVerifier } from '../../../src/capability/create-verifier.ts'
import type { VerifiedCapability, Verifier } from '../../../src/capability/verifier.ts'
import { CapabilityError, type CapabilityErrorCode } from '../../../src/internal/base/capability-error.ts'
import { DEFAULT_LIMITS } from '../../../src/internal/base/limits.ts'
import { checksOf, type PlacedCheck, trustOfQuery } from '../../../src/internal/evaluate/check.ts'
import { evaluated } from '../../../src/internal/evaluate/decide.ts'
import { designationFacts, textFact, timeFact } from '../../../src/internal/evaluate/facts.ts'
import { match } from '../../../src/internal/evaluate/match.ts'
import { Work } from '../../../src/internal/evaluate/work.ts'
import { statedFacts, World } from '../../../src/internal/evaluate/world.ts'
import { type CompiledToken, compileToken } from '../../../src/internal/rules/compile-token.ts'
import { isString } from '../../../src/internal/token/datalog.ts'
import { decodeToken, type Token } from '../../../src/internal/token/decode-token.ts'
import { forge } from '../forge/forge.ts'
import type { BlockSpec, TokenSpec } from '../forge/model.ts'
import type { ProfileCase } from '../gen/arbitraries.ts'
import type { Answer, Questions } from './answer.ts'
import { assertionsOf, judged } from './both-ways.ts'
import { Rules } from './extras.ts'
import type { OracleRequest, OracleVerdict } from './oracle.ts'
import { satisfied } from './satisfied.ts'

/** What the reader said of one token and one request, and what the reference implementation said. */
export interface Verdicts {
  readonly oracle: OracleVerdict
  /** The reader's evaluation of checks and policy alone. */
  readonly base: 'allow' | 'refuse'
  /** Whether the base evaluation met an expression that fails. */
  readonly failed: boolean
  /** Whether the reference implementation met one, in any of many tries: its order of facts is random, and it stops at a match. */
  readonly oracleFailed: boolean
  /** Writ's own reasons to refuse, where the base evaluation accepts. */
  readonly extras: ReadonlySet<Verdicts['reader']>
  /** The verifier's answer: `allow`, or the code of the refusal. */
  readonly reader: 'allow' | CapabilityErrorCode
}

/**
 * By what a check that names a key asks about; `check_failed` is said of a designation whose label is a variable. All but the first are
 * rare, so `DOCUMENTED_EXTRAS` does not ask for them.
 */
const ATTESTATION_CODES: readonly Verdicts['reader'][] = [
  'missing_designation',
  'wrong_subject',
  'not_activated',
  'check_failed',
]

/** The reader's half of a comparison: what is to be asked of the reference implementation, and what follows from its answers. */
export interface Comparison {
  readonly token: string
  readonly questions: Questions
  conclude(answers: readonly Answer[]): readonly Verdicts[]
}

/** Puts one token and its requests to the reader; nothing of the reference implementation is loaded. One call at a time. */
export async function readerSide({ spec, rootKey, requests }: ProfileCase): Promise<Comparison> {
  const token = forge(spec)
  const { blocks } = decodeToken(token, DEFAULT_LIMITS)
  const rules = new Rules(spec)
  const attested = rules.attestedTwin(spec)
  const compiled = compileToken(blocks)
  const verify = verification(token, rootKey)
  const said: (Pick<Verdicts, 'base' | 'failed' | 'reader'> & { readonly reasons: ReadonlySet<Verdicts['reader']> })[] =
    []
  for (const [index, request] of requests.entries()) {
    const waived = isWaived(index)
    const { base, failed } = evaluateBase(blocks, request)
    assertSameBothWays(blocks, compiled, request)
    const reader = await codeOf(verify(request, waived))
    said.push({ base, failed, reader, reasons: new Set(base === 'allow' ? rules.reasons(request, waived) : []) })
  }
  return {
    token,
    questions: {
      token: forgeSplit(spec) ?? token,
      attestedToken: attested && (forgeSplit(attested) ?? forge(attested)),
      rootKey,
      requests: said.map(({ base, failed, reader }, index) => ({
        request: requests[index] as OracleRequest,
        mayFail: failed,
        asksAttested: base === 'allow',
        // Here too an expression may fail that the reference happens not to meet, so where the reader refuses it is asked again.
        isAttestationInDoubt: ATTESTATION_CODES.includes(reader),
      })),
    },
    conclude: (answers) =>
      said.map(({ base, failed, reader, reasons }, index) => {
        const { oracle, oracleFailed, attestedHolds } = answers[index] as Answer
        const extras = new Set([...reasons, ...(attestedHolds ? [] : ATTESTATION_CODES)])
        return { oracle, oracleFailed, base, failed, extras, reader }
      }),
  }
}

/** Says what is wrong with a pair of verdicts; `undefined` when they agree as they must. */
export function disagreement(verdicts: Verdicts): string | undefined {
  const { oracle: reference, base, failed, oracleFailed, extras, reader } = verdicts
  if (reference === 'trap') return 'the reference trapped'
  if (failed !== oracleFailed) return `a failed expression was met by ${failed ? 'the reader' : 'the reference'} only`
  if (failed) return base === 'allow' || reader === 'allow' ? 'accepted in spite of a failed expression' : undefined
  if (base !== reference) return `base evaluation: ${base}, reference: ${reference}`
  if (reader === 'allow') {
    if (reference === 'refuse') return 'the reader accepts what the reference refuses'
    return extras.size === 0 ? undefined : `the reader accepts in spite of ${[...extras].join()}`
  }
  if (reference === 'refuse' || extras.has(reader)) return undefined
  return `the reference accepts, the reader refuses with ${reader}; reasons: ${[...extras].join()}`
}

/** Every other request waives the demand that its designations are bound, so that both sides of that rule are met. */
function isWaived(index: number): boolean {
  return index % 2 === 1
}

const verifiers = new Map<string, Verifier>()
let clock = 0

/** Asks the verifier about one token; it is proven once for requests of one time. */
function verification(token: string, rootKey: string) {
  const proven = new Map<string, ReturnType<Verifier['prove']>>()
  return async (
    { time, resource, operation, designations = {}, subject }: OracleRequest,
    allowUndesignated: boolean,
  ) => {
    const { anchor, ...others } = designations
    const place = `${rootKey} ${anchor}`
    const verifier =
      verifiers.get(place) ??
      createVerifier({ keys: rootKey, anchor: anchor ?? null, allowUnanchored: true, now: () => clock })
    verifiers.set(place, verifier)
    clock = time
    const proof = proven.get(`${time} ${place}`) ?? verifier.prove(token)
    proven.set(`${time} ${place}`, proof)
    return (await proof).authorize({ resource, operation, designations: others, subject, allowUndesignated })
  }
}

async function codeOf(verification: Promise<VerifiedCapability>): Promise<Verdicts['reader']> {
  try {
    await verification
    return 'allow'
  } catch (error) {
    if (error instanceof CapabilityError) return error.code
    throw error
  }
}

function evaluateBase(blocks: Token['blocks'], request: OracleRequest): Pick<Verdicts, 'base' | 'failed'> {
  const { time, resource, operation, subject, designations = {} } = request
  const asserted = [
    timeFact(time),
    textFact('resource', resource),
    textFact('operation', operation),
    ...designationFacts(Object.entries(designations)),
    ...(subject === undefined ? [] : [textFact('subject', subject)]),
  ]
  const world = new World([...statedFacts(blocks), ...asserted])
  const rights = (blocks[0]?.content.facts ?? []).filter(({ name, terms }) => name === 'right' && terms.length === 3)
  const permitted = rights.some(
    ({ terms: [s, r, o] }) =>
      (subject === undefined || isString(s, subject)) && isString(r, resource) && isString(o, operation),
  )
  const work = new Work(Number.MAX_SAFE_INTEGER)
  const placed = checksOf(blocks)
  const holds = placed.map((check) => satisfied(check, blocks, world, work))
  const failed = placed.some((check, index) => !holds[index] && meetsFailure(check, blocks, world, work))
  return { base: permitted && holds.every((held) => held) ? 'allow' : 'refuse', failed }
}

/** A generated token is judged by its compiled form as by plain evaluation. It is one more opinion, and costs little here. */
function assertSameBothWays(blocks: Token['blocks'], compiled: CompiledToken, request: OracleRequest): void {
  const assertions = assertionsOf(request)
  const plain = judged(compileToken(blocks, evaluated), assertions)
  const direct = judged(compiled, assertions)
  if (!isDeepStrictEqual(plain, direct))
    throw new Error(`${JSON.stringify(direct)} instead of ${JSON.stringify(plain)}`)
}

function meetsFailure({ check, block }: PlacedCheck, blocks: Token['blocks'], world: World, work: Work): boolean {
  return check.queries.some((query) => match(query, world, trustOfQuery(query, block, blocks), work).failed)
}

/**
 * The same token with each `reject if A or B` as `reject if A; reject if B`, which is what the specification means by it; the reference
 * implementation lets one query that does not match excuse the others. `undefined` if there is none.
 */
function forgeSplit(spec: TokenSpec): string | undefined {
  const blocks = [spec.authority, ...(spec.blocks ?? [])]
  const hasAlternatives = blocks.some(({ checks = [] }) =>
    checks.some(({ kind, queries }) => kind === 'reject' && queries.length > 1),
  )
  if (!hasAlternatives) return undefined
  return forge({ ...spec, authority: split(spec.authority), blocks: (spec.blocks ?? []).map(split) })
}

function split(block: BlockSpec): BlockSpec {
  const checks = (block.checks ?? []).flatMap((check) =>
    check.kind === 'reject' ? check.queries.map((query) => ({ ...check, queries: [query] })) : [check],
  )
  return { ...block, checks }
}
