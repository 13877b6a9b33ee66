export type { CapabilityErrorCode, Keys, RevocationCheck, VerifiedCapability } from '@writ/core/verify'
export type {
  Decision,
  Designate,
  FrozenRequirement,
  GuardDescription,
  Refusal,
  RefusalResponse,
  RequestView,
  Requirement,
} from '@writ/http'
export { mergeRequirements, RefusalError } from '@writ/http'
export type { PublicRoutes, RouteSummary } from './internal/walk-public.ts'
export { type RouteCapability, requirementOf } from './requirement-of.ts'
export { type WritOptions, writ, writ as default } from './writ.ts'
