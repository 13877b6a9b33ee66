import type { Schema, UseLedger } from '@writ/core'
import type { MintRequest } from '../engine.ts'
import type { EngineErrorDetails } from '../engine-error.ts'
import type { KeyRing } from '../internal/key-ring.ts'
import type { Grant, PolicyBackend, SubjectPolicy } from '../policy/policy.ts'
import type { Resolver } from '../resolvers/resolver.ts'
import type { Sessions } from '../sessions/sessions.ts'

/** What all steps may use. Policy and schema are those that were in force when the mint began. */
export interface Parts {
  readonly policy: PolicyBackend
  readonly schema: Schema | undefined
  readonly keys: KeyRing
  readonly resolver: Resolver | undefined
  readonly singleUse: UseLedger | undefined
  readonly sessions: Sessions | undefined
  readonly now: () => number
}

/** Who asks for what, once that is known. */
export interface Asked {
  readonly subject: string
  /** Names that have delegated to the subject. */
  readonly delegatedBy: readonly string[]
  readonly target: string
  readonly operation: string
  /** The end of the identity that was presented, in Unix seconds. */
  readonly endsBy: number | undefined
  readonly request: MintRequest
}

/** What the policy allows: the grant of the subject, and the subject itself. */
export interface Granted {
  readonly entry: SubjectPolicy
  readonly grant: Grant
}

/** The fields of an error about what was asked. */
export function detailsOf({ subject, target, operation }: Asked): EngineErrorDetails {
  return { subject, target, operation }
}
