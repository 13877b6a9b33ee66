import { createVerifier } from '../../../src/capability/create-verifier.ts'
import { CapabilityError } from '../../../src/internal/base/capability-error.ts'
import { DEFAULT_LIMITS } from '../../../src/internal/base/limits.ts'
import type { Check } from '../../../src/internal/token/datalog.ts'
import { decodeToken, type SignedBlock } from '../../../src/internal/token/decode-token.ts'
import { appendBlock as append, sealToken as seal } from '../../../src/internal/write/append-block.ts'
import { readSigningKey } from '../../../src/internal/write/read-signing-key.ts'
import { appendBlock, forge } from '../forge/forge.ts'
import type { BlockSpec, TokenSpec } from '../forge/model.ts'
import type { ProfileCase } from '../gen/arbitraries.ts'
import { createOracle, type OracleRequest } from './oracle.ts'

const oracle = createOracle()

// Where an expression fails, the reference implementation meets it or not: its order of facts is random.
const ORACLE_TRIES = 100

export interface WrittenVerdict {
  /** What is wrong, or `undefined`. */
  readonly problem: string | undefined
  readonly verdict: 'allow' | 'refuse'
}

/**
 * Writes the blocks of a generated token once more with our own encoder, and puts both tokens to the reference
 * implementation and to the reader. Each must say the same of both. Every third block is written by the forge, so that
 * blocks of other writers stand before and after ours.
 */
export async function compareWritten({ spec, rootKey, requests }: ProfileCase): Promise<readonly WrittenVerdict[]> {
  const forged = forge(spec)
  const written = await writeAgain(spec)
  const verdicts: WrittenVerdict[] = []
  for (const request of requests) {
    const [theirs, ours] = [forged, written].map((token) => oracle.explain(token, rootKey, request))
    const readers = [await codeOf(forged, rootKey, request), await codeOf(written, rootKey, request)]
    const agree = theirs?.verdict === ours?.verdict || (await agreeInTime(forged, written, rootKey, request))
    const problem =
      ours?.verdict === 'trap' || !agree
        ? `the reference says ${theirs?.verdict} of the forged token and ${ours?.verdict} of ours: ${written}`
        : readers[0] !== readers[1]
          ? `the reader says ${readers[0]} of the forged token and ${readers[1]} of ours: ${written}`
          : undefined
    verdicts.push({ problem, verdict: ours?.verdict === 'allow' ? 'allow' : 'refuse' })
  }
  return verdicts
}

async function writeAgain(spec: TokenSpec): Promise<string> {
  const { sealed = false, blocks = [], ...start } = spec
  const { blocks: decoded } = decodeToken(forge({ ...spec, sealed: false }), DEFAULT_LIMITS)
  let text = forge(start)
  for (const [index, block] of blocks.entries()) {
    text = index % 3 === 2 ? appendBlock(text, block) : await writeBlock(text, block, decoded[index + 1] as SignedBlock)
  }
  return sealed ? (await seal(decodeToken(text, DEFAULT_LIMITS))).text : text
}

async function writeBlock(text: string, { signing }: BlockSpec, { content }: SignedBlock): Promise<string> {
  const signer = signing?.external === undefined ? undefined : await readSigningKey(signing.external)
  // Writers give a block no scope: that of the block means the same at each of its queries that has none.
  const scoped = (check: Check): Check => ({
    ...check,
    queries: check.queries.map((query) => (query.scopes.length > 0 ? query : { ...query, scopes: content.scopes })),
  })
  const written = await append(
    decodeToken(text, DEFAULT_LIMITS),
    (block) => {
      for (const fact of content.facts) block.fact(fact)
      for (const check of content.checks) block.check(scoped(check))
    },
    signer,
  )
  return written.text
}

/** Whether the reference says the same of both tokens sooner or later, as where an expression fails. */
async function agreeInTime(forged: string, written: string, rootKey: string, request: OracleRequest): Promise<boolean> {
  const said = [forged, written].map((token) => {
    const answers = Array.from({ length: ORACLE_TRIES }, () => oracle.explain(token, rootKey, request))
    return new Set(answers.map(({ verdict }) => verdict))
  })
  return [...(said[0] ?? [])].some((verdict) => said[1]?.has(verdict))
}

async function codeOf(token: string, keys: string, request: OracleRequest): Promise<string> {
  const { time, designations = {}, ...others } = request
  const { anchor, ...named } = designations
  const verifier = createVerifier({ keys, anchor: anchor ?? null, allowUnanchored: true, now: () => time })
  return verifier.verify(token, { ...others, designations: named, allowUndesignated: true }).then(
    () => 'allow',
    (error: unknown) => {
      if (error instanceof CapabilityError) return `${error.code} ${error.block} ${error.check}`
      throw error
    },
  )
}
