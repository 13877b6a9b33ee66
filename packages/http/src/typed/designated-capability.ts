import type { VerifiedCapability } from '@writ/core/verify'
import type { AttachedCapability } from './enforced-capability.ts'

/**
 * A capability that binds some labels for certain: `designations.tenantId` is a `string`. Labels in `Optional` may be missing.
 *
 * @example
 * ```ts
 * import type { DesignatedCapability } from '@writ/http'
 *
 * export const tenantOf = (capability: DesignatedCapability<'tenantId'>): string => capability.designations.tenantId
 * ```
 */
export type DesignatedCapability<Labels extends string, Optional extends string = never> = [Labels] extends [never]
  ? AttachedCapability
  : AttachedCapability & {
      readonly designations: { readonly [Label in Labels]: Label extends Optional ? string | undefined : string }
    }

/** The labels that a `designate` names. */
export type LabelsOf<Designate> = Designate extends readonly (infer Label extends string)[]
  ? Label
  : keyof Designate & string

/** The labels that a token may leave unbound: all of them where that is not known before the request. */
export type OptionalOf<AllowUndesignated> = AllowUndesignated extends readonly (infer Label extends string)[]
  ? Label
  : AllowUndesignated extends false | undefined
    ? never
    : string

declare const DEMANDED: unique symbol

/** Marks a type of a framework with the capability that a guard attaches, for accessors to find. It exists in types only. */
export interface Attaches<Capability> {
  readonly [DEMANDED]?: Capability
}

/** The capability that a type is marked with; else one of which no label is known. */
export type AttachedTo<Marked> =
  Marked extends Attaches<infer Capability>
    ? [NonNullable<Capability>] extends [VerifiedCapability]
      ? NonNullable<Capability>
      : AttachedCapability
    : AttachedCapability
