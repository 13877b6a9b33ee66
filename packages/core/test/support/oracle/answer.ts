import { createOracle, type OracleRequest, type OracleVerdict } from './oracle.ts'

/** What is asked of the reference implementation about one token; plain data, so that it can be asked in another process. */
export interface Questions {
  readonly token: string
  /** The twin of the token with no checks but those that name a key, if there are any. */
  readonly attestedToken: string | undefined
  readonly rootKey: string
  readonly requests: readonly Question[]
}

interface Question {
  readonly request: OracleRequest
  /** Whether the reader met an expression that fails, so that the reference should meet it too. */
  readonly mayFail: boolean
  readonly asksAttested: boolean
  readonly isAttestationInDoubt: boolean
}

export interface Answer {
  readonly oracle: OracleVerdict
  readonly oracleFailed: boolean
  /** Whether the twin holds when nothing of the request is asserted; true where that was not asked. */
  readonly attestedHolds: boolean
}

const ORACLE_TRIES = 300

const oracle = createOracle()

/** Asks the reference implementation, in this process. */
export function answer({ token, attestedToken, rootKey, requests }: Questions): readonly Answer[] {
  return requests.map(({ request, mayFail, asksAttested, isAttestationInDoubt }) => ({
    attestedHolds:
      !asksAttested ||
      attestedToken === undefined ||
      holdsUnasked(attestedToken, rootKey, request, isAttestationInDoubt ? ORACLE_TRIES : 1),
    ...askOracle(token, rootKey, request, mayFail),
  }))
}

/** Whether the reference implementation accepts, each time, although nothing of the request but the verifier's own anchor is asserted. */
function holdsUnasked(token: string, rootKey: string, request: OracleRequest, tries: number): boolean {
  const { anchor } = request.designations ?? {}
  const unasked = { ...request, designations: anchor === undefined ? {} : { anchor } }
  for (let count = 0; count < tries; count++) if (oracle.judge(token, rootKey, unasked) !== 'allow') return false
  return true
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
