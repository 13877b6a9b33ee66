import type { CapabilityErrorCode, VerifiedCapability } from '@writ/core/verify'

/** A capability that meets every requirement of its request, or the request would have been refused. */
export interface EnforcedCapability extends VerifiedCapability {
  readonly enforced: true
}

/**
 * What a guard in report mode has read. It permits nothing: it may be for another resource or another object, and `designations`
 * holds only what it binds. Where nothing was proven, its texts are empty and it ended in 1970.
 */
export interface ReportedCapability extends VerifiedCapability {
  readonly enforced: false
  /** What the request would be refused with. Absent if it would not be refused. */
  readonly code?: CapabilityErrorCode | undefined
}

/** The capability of a request as handlers get it. `enforced` says whether they may rely on it. */
export type AttachedCapability = EnforcedCapability | ReportedCapability
