import { CapabilityError } from '../../../src/internal/base/capability-error.ts'
import { type Assertions, withoutRelayed } from '../../../src/internal/evaluate/assertions.ts'
import { evaluated } from '../../../src/internal/evaluate/decide.ts'
import { givenBy } from '../../../src/internal/evaluate/given.ts'
import { Work } from '../../../src/internal/evaluate/work.ts'
import { assertChecks } from '../../../src/internal/rules/assert-checks.ts'
import { type CompiledToken, compileToken } from '../../../src/internal/rules/compile-token.ts'
import type { SignedBlock } from '../../../src/internal/token/decode-token.ts'
import type { OracleRequest } from './oracle.ts'

/** What a caller of `assertChecks` may see, and the steps that it took. */
export interface Judged {
  readonly steps: number
  /** `allow`, or the refusal with all that it tells operators. */
  readonly verdict: 'allow' | Readonly<Record<string, unknown>>
}

const PLENTY = 1_000_000

export function judged(
  token: CompiledToken,
  assertions: Assertions,
  steps: number = PLENTY,
  asks: readonly string[] = [],
): Judged {
  const work = new Work(steps)
  const verdict = verdictOf(() => assertChecks(token, assertions, work, asks))
  return { verdict, steps: steps - work.left }
}

function verdictOf(run: () => void): Judged['verdict'] {
  try {
    run()
    return 'allow'
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error
    const { code, publicCode, message, label, block, check, expected, actual } = error
    return { code, publicCode, message, label, block, check, expected, actual }
  }
}

/** A judgement by plain evaluation, and by the compiled form in each state that it may be in. */
export interface Ways {
  readonly evaluated: Judged
  readonly compiled: Readonly<Record<string, Judged>>
}

type Judge = (token: CompiledToken, steps: number) => Judged

/**
 * Judges a token for each request by plain evaluation and by its compiled form, with plenty of steps, with exactly as
 * many as it takes, and with one less. The compiled form is asked when it is new, when it has seen all requests in
 * turn, and when it was once interrupted by the limit. Then every check is decided by itself, because a judgement ends
 * at the first that fails.
 */
export function waysOf(
  blocks: readonly SignedBlock[],
  requests: readonly Assertions[],
  asks: readonly string[] = [],
): Ways[] {
  const used = compileToken(blocks)
  for (const request of requests) judged(used, request, PLENTY, asks)
  return requests.flatMap((request) => [
    ...waysTo((token, steps) => judged(token, request, steps, asks), blocks, used),
    ...used.checks.flatMap((_, index) => waysTo(deciding(index, request), blocks, used)),
    ...used.checks.flatMap((_, index) => waysTo(deciding(index, withoutRelayed(request)), blocks, used)),
  ])
}

function waysTo(judge: Judge, blocks: readonly SignedBlock[], used: CompiledToken): Ways[] {
  const plain = compileToken(blocks, evaluated)
  const { steps } = judge(plain, PLENTY)
  return [PLENTY, steps, steps - 1].map((limit): Ways => {
    const interrupted = compileToken(blocks)
    judge(interrupted, Math.floor(steps / 2))
    return {
      evaluated: judge(plain, limit),
      compiled: {
        fresh: judge(compileToken(blocks), limit),
        used: judge(used, limit),
        interrupted: judge(interrupted, limit),
      },
    }
  })
}

/** Decides one check of a token. */
function deciding(index: number, request: Assertions): Judge {
  return ({ checks, blocks }, steps) => {
    const work = new Work(steps)
    const verdict = verdictOf(() => {
      if (!checks[index]?.isSatisfied(givenBy(request, blocks), work)) throw new CapabilityError('check_failed')
    })
    return { verdict, steps: steps - work.left }
  }
}

/** The judgements in which a compiled form differs. Beyond the limit, it is no matter where the count ended. */
export function differences(ways: readonly Ways[]): readonly Ways[] {
  return ways.filter(({ evaluated: plain, compiled }) =>
    Object.values(compiled).some((one) => seen(one) !== seen(plain)),
  )
}

export function codeOf({ verdict }: Judged): string {
  return typeof verdict === 'object' ? String(verdict['code']) : verdict
}

function seen(one: Judged): string {
  return JSON.stringify([one.verdict, codeOf(one) === 'limits_exceeded' ? 'over' : one.steps])
}

/** What a verifier asserts for a request: the label `anchor` is its own. */
export function assertionsOf({ designations = {}, ...request }: OracleRequest): Assertions {
  const { anchor, ...others } = designations
  return { ...request, anchor, designations: new Map(Object.entries(others)) }
}
