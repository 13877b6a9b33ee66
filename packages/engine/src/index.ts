export { createEngine } from './create-engine.ts'
export type {
  Asker,
  ContextRequest,
  Engine,
  EngineKeys,
  EngineOptions,
  Evaluation,
  ExposureRequest,
  ForkRequest,
  IdentityRequest,
  MintedCapability,
  MintRequest,
} from './engine.ts'
export {
  EngineError,
  type EngineErrorCode,
  type EngineErrorDetails,
  MINT_STEPS,
  type MintStep,
} from './engine-error.ts'
export { compilePattern } from './patterns/compile-pattern.ts'
export { loadPolicy } from './policy/load-policy.ts'
export { type MatchedClaims, matchClaims } from './policy/match-claims.ts'
export { type PolicyOptions, parsePolicy } from './policy/parse-policy.ts'
export type {
  ExchangeRule,
  ExposureRule,
  Grant,
  Issuer,
  ListedSubject,
  Policy,
  PolicyBackend,
  PolicyObject,
  SubjectPolicy,
} from './policy/policy.ts'
export { describeFault, type FaultRule, PolicyError, type PolicyFault, STRICTER_RULES } from './policy/policy-fault.ts'
export { byTarget } from './resolvers/by-target.ts'
export { composeResolvers } from './resolvers/compose-resolvers.ts'
export { fromArgs } from './resolvers/from-args.ts'
export { fromEvent } from './resolvers/from-event.ts'
export { fromSession } from './resolvers/from-session.ts'
export { fromUrl } from './resolvers/from-url.ts'
export { type Resolver, ResolverError, type ResolverInput, type ResolverRequest } from './resolvers/resolver.ts'
export { diffPolicy, type PolicyDiff, type SubjectDiff } from './review/diff-policy.ts'
export type { Right } from './review/effective-rights.ts'
export { expectPolicy, type PolicyExpectations } from './review/expect-policy.ts'
export { graphPolicy } from './review/graph-policy.ts'
export { type LintFinding, lintPolicy } from './review/lint-policy.ts'
export { checkPolicyAgainstSchema } from './schema/check-policy-against-schema.ts'
export { loadSchema } from './schema/load-schema.ts'
export { parseSchema } from './schema/parse-schema.ts'
export { type CreateSessionsOptions, createSessions } from './sessions/create-sessions.ts'
export type { Session, SessionContext, SessionOutcome, Sessions } from './sessions/sessions.ts'
