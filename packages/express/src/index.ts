export type { CapabilityErrorCode, Keys, RevocationCheck, VerifiedCapability } from '@writ/core/verify'
export {
  type AttachedCapability,
  type Decision,
  type Designate,
  type DesignatedCapability,
  type EnforcedCapability,
  type FrozenRequirement,
  type GuardDescription,
  type ListedRoute,
  type Refusal,
  RefusalError,
  type RefusalResponse,
  type ReportedCapability,
  type RequestView,
  type Requirement,
  type RouteGuard,
} from '@writ/http'
export { type AssertGuardedOptions, assertGuarded } from './assert-guarded.ts'
export { capability, optionalCapability } from './capability.ts'
export { listRoutes } from './list-routes.ts'
export { requirementOf } from './requirement-of.ts'
export { type ExpressGuard, type ExpressHandlers, type GuardHandler, type WritOptions, writ } from './writ.ts'
