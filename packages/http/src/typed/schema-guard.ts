import type { OperationOf, Schema, SchemaDefinition, TargetOf } from '@writ/core/verify'
import type { DesignationSource } from '../designation-source.ts'
import type { Requirement } from '../requirement.ts'
import type { DesignatedCapability, OptionalOf } from './designated-capability.ts'
import type { AttachedCapability } from './enforced-capability.ts'
import type { HandlerKind, TypedGuard } from './typed-guard.ts'

/** The operations that follow from a method. */
type ByMethod = 'read' | 'write'
type Allow = boolean | readonly string[]
type Handler<Kind extends HandlerKind, Capability> = (Kind & { readonly attaches: Capability })['handler']

type LabelsIn<Operation, Key extends string> = Operation extends {
  readonly [K in Key]: readonly (infer Label extends string)[]
}
  ? Label
  : never

/** The labels of operations of a target; without `Key`, all of them. */
type LabelsOfRight<
  Definition extends SchemaDefinition,
  Target extends TargetOf<Definition>,
  Operation,
  Key extends 'required' | 'optional' = 'required' | 'optional',
> = {
  [Name in OperationOf<Definition, Target>]: Name extends Operation
    ? { [K in Key]: LabelsIn<Definition[Target]['operations'][Name], K> }[Key]
    : never
}[OperationOf<Definition, Target>]

/** All labels of a schema. */
type AnyLabel<Definition extends SchemaDefinition> = {
  [Target in TargetOf<Definition>]: LabelsOfRight<Definition, Target, string>
}[TargetOf<Definition>]

/**
 * A requirement that fits a schema, for `satisfies` where a framework's own types hide which requirement it is. That a required
 * label is missing is an error of the type only if `designate` is an object.
 *
 * @example
 * ```ts
 * import { defineSchema } from '@writ/core'
 * import type { RequirementOf } from '@writ/http'
 *
 * const schema = defineSchema({ invoices: { operations: { read: { required: ['tenantId'] } } } })
 * export const read = {
 *   resource: 'invoices',
 *   operation: 'read',
 *   designate: { tenantId: 'tenantId' },
 * } satisfies RequirementOf<typeof schema>
 * ```
 */
export type RequirementOf<Of extends Schema, Native = unknown> =
  Of extends Schema<infer Definition extends SchemaDefinition> ? OneOf<Definition, Native> : never

type OneOf<Definition extends SchemaDefinition, Native> = {
  [Target in TargetOf<Definition>]: {
    [Operation in OperationOf<Definition, Target>]: Rest<Native> & {
      readonly resource: Target
      readonly operation: Operation
      readonly designate?:
        | readonly LabelsOfRight<Definition, Target, Operation>[]
        | Sources<
            Native,
            LabelsOfRight<Definition, Target, Operation, 'required'>,
            LabelsOfRight<Definition, Target, Operation>
          >
        | undefined
    }
  }[OperationOf<Definition, Target>]
}[TargetOf<Definition>]

type Sources<Native, Required extends string, Known extends string> = {
  readonly [Label in Required]: DesignationSource<Native>
} & { readonly [Label in Known]?: DesignationSource<Native> }

type Rest<Native> = Pick<Requirement<Native>, 'subject' | 'allowUndesignated' | 'optional'>

/** What a requirement says beside its resource and operation. */
type Details<Native, Labels extends string, Allowed> = Omit<Rest<Native>, 'allowUndesignated'> & {
  readonly designate?: readonly Labels[] | { readonly [Label in Labels]: DesignationSource<Native> } | undefined
  readonly allowUndesignated?: Allowed | undefined
}

/** `unknown` if the schema has the operation and every label that it requires is there; else what is missing, by its key. */
type Fits<Definition extends SchemaDefinition, Target extends TargetOf<Definition>, Operation, Labels> = [
  Operation,
] extends [OperationOf<Definition, Target>]
  ? [LabelsOfRight<Definition, Target, Operation, 'required'>] extends [Labels]
    ? unknown
    : { readonly designate: Missing<Exclude<LabelsOfRight<Definition, Target, Operation, 'required'>, Labels>> }
  : { readonly operation: OperationOf<Definition, Target> }

/** Labels that the schema requires, and that the requirement does not designate. */
interface Missing<Labels> {
  readonly missing: Labels
}

type Capability<Labels extends string, Allowed, Mode> = DesignatedCapability<
  Labels,
  'report' extends Mode ? string : OptionalOf<Allowed>
>

/** The guard of a schema whose names the compiler knows; any other guard without one. */
export type GuardOf<Native, Kind extends HandlerKind, Mode, Definition extends SchemaDefinition> =
  string extends TargetOf<Definition> ? TypedGuard<Native, Kind, Mode> : SchemaGuard<Native, Kind, Mode, Definition>

/** A `TypedGuard` that takes only requirements which fit its schema. */
export interface SchemaGuard<
  Native,
  Kind extends HandlerKind,
  Mode,
  Definition extends SchemaDefinition,
  Labels extends string = never,
  Allowed extends Allow = false,
> {
  /** Returns a handler that lets a request pass if it meets the requirement. */
  <
    const Target extends TargetOf<Definition>,
    const Operation extends OperationOf<Definition, Target> | ByMethod = ByMethod,
    const Own extends LabelsOfRight<Definition, Target, Operation> = never,
    const OwnAllowed extends Allow = Allowed,
  >(
    requirement: Details<Native, Own, OwnAllowed> & {
      readonly resource: Target
      readonly operation?: Operation
    } & Fits<Definition, Target, Operation, Labels | Own>,
  ): Handler<Kind, Capability<Labels | Own, OwnAllowed, Mode>>
  /** Returns a handler that lets a request pass if it meets one of several requirements. */
  (requirements: readonly OneOf<Definition, Native>[]): Handler<Kind, AttachedCapability>
  /** Returns a guard with defaults: a requirement adds to their `designate`, and overrides everything else. */
  with<
    const Target extends TargetOf<Definition>,
    const Operation extends OperationOf<Definition, Target> | ByMethod = ByMethod,
    const Own extends LabelsOfRight<Definition, Target, string> = never,
    const OwnAllowed extends Allow = Allowed,
  >(
    defaults: Details<Native, Own, OwnAllowed> & { readonly resource: Target; readonly operation?: Operation },
  ): SchemaGuardOfResource<Native, Kind, Mode, Definition, Target, Operation, Labels | Own, OwnAllowed>
  with<const Own extends AnyLabel<Definition> = never, const OwnAllowed extends Allow = Allowed>(
    defaults: Details<Native, Own, OwnAllowed> & { readonly resource?: undefined; readonly operation?: undefined },
  ): SchemaGuard<Native, Kind, Mode, Definition, Labels | Own, OwnAllowed>
  /** Returns a handler that lets every request pass: it declares a route public. */
  public(): Handler<Kind, AttachedCapability>
}

/** A `SchemaGuard` whose defaults name the resource. */
export interface SchemaGuardOfResource<
  Native,
  Kind extends HandlerKind,
  Mode,
  Definition extends SchemaDefinition,
  Target extends TargetOf<Definition>,
  Default extends string,
  Labels extends string,
  Allowed extends Allow,
> {
  /** Returns a handler that lets a request pass if it meets the requirement. */
  <
    const Operation extends OperationOf<Definition, Target> | ByMethod = Default &
      (OperationOf<Definition, Target> | ByMethod),
    const Own extends LabelsOfRight<Definition, Target, Operation> = never,
    const OwnAllowed extends Allow = Allowed,
  >(
    requirement: Details<Native, Own, OwnAllowed> & { readonly operation?: Operation } & Fits<
        Definition,
        Target,
        Operation,
        Labels | Own
      >,
  ): Handler<Kind, Capability<Labels | Own, OwnAllowed, Mode>>
  /** Returns a guard with more defaults. */
  with<
    const Operation extends OperationOf<Definition, Target> | ByMethod = Default &
      (OperationOf<Definition, Target> | ByMethod),
    const Own extends LabelsOfRight<Definition, Target, string> = never,
    const OwnAllowed extends Allow = Allowed,
  >(
    defaults: Details<Native, Own, OwnAllowed> & { readonly operation?: Operation },
  ): SchemaGuardOfResource<Native, Kind, Mode, Definition, Target, Operation, Labels | Own, OwnAllowed>
  /** Returns a handler that lets every request pass: it declares a route public. */
  public(): Handler<Kind, AttachedCapability>
}
