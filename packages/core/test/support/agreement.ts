import { CapabilityError, type CapabilityErrorCode } from '../../src/capability-error.ts'
import { createVerifier } from '../../src/create-verifier.ts'
import { rootKeys } from '../../src/internal/crypto/root-keys.ts'
import { type Assertions, verifierFacts } from '../../src/internal/decide/facts.ts'
import { checksOf, type PlacedCheck, satisfied, trustOfQuery } from '../../src/internal/evaluate/check.ts'
import { match } from '../../src/internal/evaluate/match.ts'
import { Work } from '../../src/internal/evaluate/work.ts'
import { World } from '../../src/internal/evaluate/world.ts'
import { readToken, statedFacts } from '../../src/internal/read-token.ts'
import { isString } from '../../src/internal/token/datalog.ts'
import type { Token } from '../../src/internal/token/decode-token.ts'
import type { CapabilityRequest, VerifiedCapability } from '../../src/verifier.ts'
import type { ProfileCase } from './arbitraries.ts'
import { forge } from './forge.ts'
import type { BlockSpec, TokenSpec } from './forge-model.ts'
import { createOracle, type OracleRequest, type OracleVerdict } from './oracle.ts'

/** What the reader said of one token and one request, and what the reference implementation said. */
export interface Verdicts {
  readonly oracle: OracleVerdict
  /** The reader's evaluation of checks and policy alone. */
  readonly base: 'allow' | 'refuse'
  /** Whether the base evaluation met an expression that fails. */
  readonly failed: boolean
  /** Whether the reference implementation met one, in any of many tries: its order of facts is random, and it stops at a match. */
  readonly oracleFailed: boolean
  /** The verifier's answer: `allow`, or the code of the refusal. */
  readonly reader: 'allow' | CapabilityErrorCode
}

/**
 * The codes by which the reader refuses what the base evaluation accepts, each with the rule that says so. An entry here is a promise:
 * no other code may ever stand where the reference implementation accepts.
 */
export const DOCUMENTED_EXTRAS: ReadonlyMap<CapabilityErrorCode, string> = new Map([
  ['undesignated', 'a label of the request that no check of the token binds'],
  [
    'missing_designation',
    'a check that names a key must hold without the request; `reject if` over a label nobody asserts',
  ],
  ['not_activated', 'a check that names a key must hold without the request'],
  ['wrong_designation', 'a check that names a key, over another value than the requested one'],
  ['unsupported_block', 'no literal end in the authority block; `reject if` over a predicate nobody asserts'],
  ['wrong_kind', 'an authority block that states the marks of two kinds'],
  ['limits_exceeded', 'work is counted'],
])

const ORACLE_TRIES = 300

const oracle = createOracle()

/** Puts one token and its requests to the reader and to the reference implementation. */
export async function verdictsOf({ spec, rootKey, requests }: ProfileCase): Promise<readonly Verdicts[]> {
  const token = forge(spec)
  const twin = splitRejects(spec)
  const reference = twin === undefined ? token : forge(twin)
  const read = (await readToken(token, rootKeys(rootKey))).token
  const proven = new Map<string, ReturnType<ReturnType<typeof verifierOf>['prove']>>()
  return Promise.all(
    requests.map(async (request, index): Promise<Verdicts> => {
      const { base, failed } = evaluateBase(read, request)
      const judged = askOracle(reference, rootKey, request, failed)
      const anchor = request.designations?.['anchor']
      const key = JSON.stringify([anchor, request.time])
      const proof = proven.get(key) ?? verifierOf(rootKey, anchor, request.time).prove(token)
      proven.set(key, proof)
      const reader = await codeOf(proof.then((capability) => capability.authorize(capabilityRequest(request, index))))
      return { ...judged, base, failed, reader }
    }),
  )
}

/** Says what is wrong with a pair of verdicts; `undefined` when they agree as they must. */
export function disagreement(verdicts: Verdicts): string | undefined {
  const { oracle: reference, base, failed, oracleFailed, reader } = verdicts
  if (reference === 'trap') return 'the reference trapped'
  if (failed !== oracleFailed) return `a failed expression was met by ${failed ? 'the reader' : 'the reference'} only`
  if (failed) return base === 'allow' || reader === 'allow' ? 'accepted in spite of a failed expression' : undefined
  if (base !== reference) return `base evaluation: ${base}, reference: ${reference}`
  if (reader === 'allow') return reference === 'allow' ? undefined : 'the reader accepts what the reference refuses'
  if (reference === 'refuse' || DOCUMENTED_EXTRAS.has(reader)) return undefined
  return `the reference accepts, the reader refuses with ${reader}`
}

function askOracle(token: string, rootKey: string, request: OracleRequest, mayFail: boolean) {
  const { verdict, thrown } = oracle.explain(token, rootKey, request)
  let oracleFailed = isExecutionError(thrown)
  for (let tries = 0; mayFail && !oracleFailed && tries < ORACLE_TRIES; tries++) {
    oracleFailed = isExecutionError(oracle.explain(token, rootKey, request).thrown)
  }
  return { oracle: verdict, oracleFailed }
}

function isExecutionError(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'Execution' in thrown
}

/** Every other request waives the demand that its designations are bound, so that both sides of that rule are met. */
function capabilityRequest(
  { resource, operation, designations, subject }: OracleRequest,
  index: number,
): CapabilityRequest {
  const { anchor: _, ...others } = designations ?? {}
  return { resource, operation, designations: others, subject, allowUndesignated: index % 2 === 1 }
}

function verifierOf(keys: string, anchor: string | undefined, time: number) {
  return createVerifier({ keys, anchor, allowUnanchored: true, now: () => time })
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

function evaluateBase({ blocks }: Token, request: OracleRequest): Pick<Verdicts, 'base' | 'failed'> {
  const { time, resource, operation, subject, designations = {} } = request
  const assertions: Assertions = {
    time,
    resource,
    operation,
    subject,
    designations: new Map(Object.entries(designations)),
    reserved: new Map(),
    namespace: undefined,
  }
  const world = new World([...statedFacts(blocks), ...verifierFacts(assertions)])
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

function meetsFailure({ check, block }: PlacedCheck, blocks: Token['blocks'], world: World, work: Work): boolean {
  return check.queries.some((query) => match(query, world, trustOfQuery(query, block, blocks), work).failed)
}

/**
 * The same token with each `reject if A or B` as `reject if A; reject if B`, which is what the specification means by it; the reference
 * implementation lets one query that does not match excuse the others. `undefined` if there is none.
 */
function splitRejects(spec: TokenSpec): TokenSpec | undefined {
  const blocks = [spec.authority, ...(spec.blocks ?? [])]
  const isSplit = blocks.some(({ checks = [] }) =>
    checks.some(({ kind, queries }) => kind === 'reject' && queries.length > 1),
  )
  return isSplit ? { ...spec, authority: split(spec.authority), blocks: (spec.blocks ?? []).map(split) } : undefined
}

function split(block: BlockSpec): BlockSpec {
  const checks = (block.checks ?? []).flatMap((check) =>
    check.kind === 'reject' ? check.queries.map((query) => ({ ...check, queries: [query] })) : [check],
  )
  return { ...block, checks }
}
