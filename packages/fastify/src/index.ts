export type { CapabilityErrorCode, Keys, RevocationCheck, VerifiedCapability } from '@writ/core/verify'
export type {
  Decision,
  Designate,
  DesignatedCapability,
  FrozenRequirement,
  GuardDescription,
  Refusal,
  RefusalResponse,
  RequestView,
  Requirement,
} from '@writ/http'
export { mergeRequirements, RefusalError } from '@writ/http'
export { type CapabilityOf, capability } from './capability.ts'
export { type RouteCapability, requirementOf } from './requirement-of.ts'
export { requires } from './requires.ts'
export type { PublicRoutes, RouteSummary } from './startup/public-routes.ts'
export { type WritOptions, writ, writ as default } from './writ.ts'
