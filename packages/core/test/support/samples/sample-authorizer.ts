import { DEFAULT_LIMITS } from '../../../src/internal/base/limits.ts'
import { checksOf, type PlacedCheck, trustOfQuery } from '../../../src/internal/evaluate/check.ts'
import { match } from '../../../src/internal/evaluate/match.ts'
import { Work } from '../../../src/internal/evaluate/work.ts'
import { statedFacts, VERIFIER, World } from '../../../src/internal/evaluate/world.ts'
import { decodeToken, type SignedBlock, type Token } from '../../../src/internal/token/decode-token.ts'
import { assertProfile } from '../../../src/internal/token/profile.ts'
import { createInstance } from '../oracle/instance.ts'
import { satisfied } from '../oracle/satisfied.ts'
import { checksFailed, EXPRESSION_FAILED, statementsOf, type Verdict } from './samples.ts'

const { glue } = createInstance()
const signer = new glue.KeyPair(glue.SignatureAlgorithm.Ed25519).getPrivateKey()

/** A token of one block with this Datalog source: the reference implementation parses it, the reader reads it back. */
export function tokenOf(source: string): Token {
  const builder = new glue.BiscuitBuilder()
  builder.addCode(source)
  return decodeToken(builder.build(signer).toBase64(), DEFAULT_LIMITS)
}

/**
 * Runs a sample's authorizer over proven blocks, with nothing but the reader's own evaluation: all checks, the authorizer's first,
 * then the policies in order. A policy is a query like that of a `check if`, and is read as one.
 */
export function authorize(blocks: readonly SignedBlock[], source: string): Verdict {
  const statements = statementsOf(source)
  const policies = statements.filter((statement) => POLICY.test(statement))
  const others = statements.filter((statement) => !POLICY.test(statement))
  const authorizer = tokenOf([...others, ...policies.map((policy) => policy.replace(POLICY, 'check if'))].join('\n'))
  assertProfile(authorizer)
  const { facts, checks } = (authorizer.blocks[0] as SignedBlock).content
  const placed = checks.map((check, index): PlacedCheck => ({ check, block: VERIFIER, index }))
  const firstPolicy = placed.length - policies.length

  const world = new World([...statedFacts(blocks), ...facts.map((predicate) => ({ predicate, origin: VERIFIER }))])
  const work = new Work(DEFAULT_LIMITS.steps)
  const holds = (check: PlacedCheck) => satisfied(check, blocks, world, work)
  const fails = ({ check, block }: PlacedCheck) =>
    check.queries.some((query) => match(query, world, trustOfQuery(query, block, blocks), work).failed)

  const refusing = [...placed.slice(0, firstPolicy), ...checksOf(blocks)].filter((check) => !holds(check))
  if ([...refusing, ...placed.slice(firstPolicy)].some(fails)) return EXPRESSION_FAILED
  if (refusing.length > 0) return checksFailed(refusing)
  const decisive = policies[placed.slice(firstPolicy).findIndex(holds)]
  return decisive?.startsWith('allow') ? 'accepted' : 'refused: no allow policy'
}

const POLICY = /^(?:allow|deny) if/
