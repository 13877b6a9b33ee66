export type { CapabilityErrorCode, Keys, RevocationCheck, VerifiedCapability } from '@writ/core/verify'
export {
  type AttachedCapability,
  type Decision,
  type Designate,
  type EnforcedCapability,
  type FrozenRequirement,
  type GuardDescription,
  type Refusal,
  RefusalError,
  type RefusalResponse,
  type ReportedCapability,
  type RequestView,
  type Requirement,
} from '@writ/http'
export { type AssertGuardedOptions, assertGuarded } from './assert-guarded.ts'
export { capability, optionalCapability } from './capability.ts'
export { requirementOf } from './requirement-of.ts'
export { type GuardHandler, type HonoGuard, type WritOptions, writ } from './writ.ts'
