export type { CapabilityErrorCode, Keys, RevocationCheck, VerifiedCapability } from '@writ/core/verify'
export type {
  AttachedCapability,
  Decision,
  Designate,
  DesignatedCapability,
  EnforcedCapability,
  FrozenRequirement,
  GuardDescription,
  ListedRoute,
  Refusal,
  RefusalResponse,
  ReportedCapability,
  RequestView,
  Requirement,
  RouteGuard,
} from '@writ/http'
export { describeRoutes, mergeRequirements, RefusalError } from '@writ/http'
export { type CapabilityOf, capability } from './capability.ts'
export { listRoutes } from './list-routes.ts'
export { type RouteCapability, requirementOf } from './requirement-of.ts'
export { requires } from './requires.ts'
export type { PublicRoutes, RouteSummary } from './startup/public-routes.ts'
export { type WritOptions, writ, writ as default } from './writ.ts'
