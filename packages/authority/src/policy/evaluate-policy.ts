import type { EngineError, Evaluation } from '@writ/engine'
import type { AuthorityParts } from '../authority-parts.ts'
import { asRefusal } from '../rules/record-refusals.ts'

/** What would be asked for, and by whom. */
export interface EvaluationRequest {
  readonly subject: string
  readonly target: string
  readonly operation: string
  /** Default: none. */
  readonly designations?: Readonly<Record<string, string>> | undefined
  readonly anchor?: string | undefined
  /** Seconds. Default 300. */
  readonly expiresIn?: number | undefined
  /** Default: none. */
  readonly context?: string | undefined
}

/** What a mint would do, and by which version of the policy. */
export type PolicyEvaluation = { readonly policyVersion: number } & (
  | { readonly allowed: true; readonly minted: (Evaluation & { allowed: true })['minted'] }
  | {
      readonly allowed: false
      readonly step: EngineError['step']
      readonly code: EngineError['code']
      /** The sentence of the code, and what decided. */
      readonly reason: string
    }
)

/**
 * Says what a mint would do, by the same steps. Nothing is minted or recorded.
 *
 * @throws `AuthorityError` `invalid_request`; `StoreError`.
 */
export async function evaluatePolicy(
  { rules }: Pick<AuthorityParts, 'rules'>,
  request: EvaluationRequest,
): Promise<PolicyEvaluation> {
  const { engine, version: policyVersion } = await rules.current()
  try {
    const evaluation = await engine.evaluate({ ...request })
    if (evaluation.allowed) return { policyVersion, ...evaluation }
    const { step, code, reason } = evaluation.error
    return { policyVersion, allowed: false, step, code, reason }
  } catch (error) {
    throw asRefusal(error)
  }
}
