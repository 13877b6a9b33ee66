import { generateKeyPair, type Schema } from '@writ/core'
import { createEngine } from '../create-engine.ts'
import type { Evaluation, MintRequest } from '../engine.ts'
import type { EngineErrorCode } from '../engine-error.ts'
import type { PolicyBackend } from '../policy/policy.ts'
import { createSessions } from '../sessions/create-sessions.ts'

/** Assertions about a policy, for tests. */
export interface PolicyExpectations {
  /** Resolves if a mint would be allowed. Otherwise it rejects, and the error says which step refuses and why. */
  allows(request: MintRequest): Promise<void>
  /**
   * Resolves if a mint would be refused, for this reason if one is named. Otherwise it rejects.
   *
   * @param code - Default: any.
   */
  refuses(request: MintRequest, code?: EngineErrorCode): Promise<void>
}

/**
 * Tests a policy with any test runner: the assertions take all steps of a mint.
 *
 * @param schema - Default: none.
 *
 * @example
 * ```ts
 * import { expectPolicy, parsePolicy } from '@writ/engine'
 *
 * const policy = parsePolicy({ objects: [{ id: 'a:b', capabilities: [{ target: 'crm', operations: ['read'] }] }] })
 * await expectPolicy(policy).allows({ subject: 'a:b', target: 'crm', operation: 'read' })
 * await expectPolicy(policy).refuses({ subject: 'a:b', target: 'crm', operation: 'write' }, 'not_granted')
 * ```
 */
export function expectPolicy(policy: PolicyBackend, schema?: Schema): PolicyExpectations {
  const evaluate = async (request: MintRequest): Promise<Evaluation> => {
    const keys = await generateKeyPair()
    return createEngine({ policy, schema, keys, sessions: createSessions() }).evaluate(request)
  }
  return Object.freeze({
    async allows(request) {
      const evaluation = await evaluate(request)
      if (evaluation.allowed) return
      const { step, code, reason } = evaluation.error
      throw new Error(`expected ${describe(request)} to be allowed, and step ${step} refuses (${code}): ${reason}`)
    },
    async refuses(request, code) {
      const evaluation = await evaluate(request)
      if (evaluation.allowed) throw new Error(`expected ${describe(request)} to be refused, and it is allowed`)
      if (code === undefined || evaluation.error.code === code) return
      throw new Error(`expected ${describe(request)} to be refused as ${code}, and it is as ${evaluation.error.code}`)
    },
  } satisfies PolicyExpectations)
}

function describe(request: MintRequest): string {
  return JSON.stringify(request)
}
