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
  NodeRequest,
  Refusal,
  RefusalResponse,
  ReportedCapability,
  RequestView,
  Requirement,
  RouteGuard,
} from '@writ/http'
export { describeRoutes } from '@writ/http'
export { Capability, type CapabilityParamOptions, capability, optionalCapability } from './capability.ts'
export { CapabilityException } from './capability-exception.ts'
export { CapabilityFilter } from './capability-filter.ts'
export { CapabilityGuard } from './capability-guard.ts'
export { listRoutes } from './list-routes.ts'
export { messageRequest } from './message-request.ts'
export { Public } from './public.ts'
export { RequireAnyCapability, RequireCapability } from './require-capability.ts'
export { requirementOf } from './requirement-of.ts'
export { WRIT_TEST_OPTIONS, WritModule, type WritModuleExtras, type WritOptions } from './writ-module.ts'
