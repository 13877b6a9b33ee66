export { ADVICE, type Advice } from './advice.ts'
export { attachCapability, attachedCapability, demandCapability } from './attached-capability.ts'
export { bindGuard, type DecideRequest, type Guard, type GuardWithResource } from './bind-guard.ts'
export { createGuardEngine, type GuardEngine, type GuardOutcome, type Requirements } from './create-guard-engine.ts'
export type { Designate, DesignationFunction, DesignationSource } from './designation-source.ts'
export type { Decision, GuardOptions, HttpGuardOptions } from './guard-options.ts'
export { createSideTable, type SideTable } from './internal/side-table.ts'
export { type DecisionEntry, decisionEntry } from './log/decision-entry.ts'
export {
  type DescribedResource,
  describeResource,
  type ResourceDescription,
  type ResourceMetadata,
} from './metadata/describe-resource.ts'
export { type DescribedSecurity, describeSecurity, SECURITY_SCHEME } from './metadata/describe-security.ts'
export { type NodeRequest, nodeRequestView } from './node-request-view.ts'
export { PROBLEMS, type Problem } from './problems.ts'
export {
  type Demand,
  type Disclosure,
  type Refusal,
  type RefusalResponse,
  type RefusalSettings,
  refusalOf,
} from './refusal.ts'
export { RefusalError } from './refusal-error.ts'
export { parsedPairs, requestQuery } from './request-query.ts'
export type { RequestQuery, RequestView } from './request-view.ts'
export {
  compileRequirement,
  type FrozenRequirement,
  mergeRequirements,
  type Requirement,
  type RequirementDefaults,
} from './requirement.ts'
export { type GuardDescription, registerGuard, requirementOf } from './requirement-of.ts'
export { describeRoutes } from './startup/describe-routes.ts'
export { type ListedRoute, listedRoute, type RouteGuard } from './startup/listed-route.ts'
export { type HasParam, missingParams } from './startup/missing-params.ts'
export { type AssertOptions, readAssertOptions } from './startup/read-assert-options.ts'
export { reportUnguarded } from './startup/report-unguarded.ts'
export { unguardedUpgrades } from './startup/unguarded-upgrades.ts'
export type { AttachedTo, Attaches, DesignatedCapability, LabelsOf, OptionalOf } from './typed/designated-capability.ts'
export type { AttachedCapability, EnforcedCapability, ReportedCapability } from './typed/enforced-capability.ts'
export type { GuardOf, RequirementOf, SchemaGuard, SchemaGuardOfResource } from './typed/schema-guard.ts'
export type { HandlerKind, TypedGuard, TypedGuardWithResource } from './typed/typed-guard.ts'
export { guardUpgrade } from './upgrade/guard-upgrade.ts'
export type {
  UpgradeOptions,
  UpgradeRequest,
  UpgradeRoute,
  UpgradeServer,
  UpgradeSocket,
} from './upgrade/upgrade-types.ts'
