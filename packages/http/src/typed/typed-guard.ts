import type { DesignationSource } from '../designation-source.ts'
import type { Requirement, RequirementDefaults } from '../requirement.ts'
import type { DesignatedCapability, OptionalOf } from './designated-capability.ts'
import type { AttachedCapability } from './enforced-capability.ts'

/**
 * The handlers of a framework as a function of types: an adapter extends it, and makes `handler` of `this['attaches']`, the
 * capability that the handler attaches.
 */
export interface HandlerKind {
  readonly attaches: unknown
  readonly handler: unknown
}

type Handler<Kind extends HandlerKind, Capability> = (Kind & { readonly attaches: Capability })['handler']

/** `true` and lists say which labels may be missing. A guard that may only report attaches whatever the token binds. */
type Allow = boolean | readonly string[]

/** A requirement from which the compiler infers the labels, even if it has functions. */
type Typed<Native, Demands, Labels extends string, Allowed> = Omit<Demands, 'allowUndesignated' | 'designate'> & {
  readonly designate?: readonly Labels[] | { readonly [Label in Labels]: DesignationSource<Native> } | undefined
  readonly allowUndesignated?: Allowed | undefined
}

type Capability<Labels extends string, Allowed, Mode> = DesignatedCapability<
  Labels,
  'report' extends Mode ? string : OptionalOf<Allowed>
>

/** A `Guard` whose handlers say in their type which labels they demand. */
export interface TypedGuard<
  Native,
  Kind extends HandlerKind,
  Mode = 'enforce',
  Labels extends string = never,
  Allowed extends Allow = false,
> {
  /** Returns a handler that lets a request pass if it meets the requirement. */
  <const Own extends string = never, const OwnAllowed extends Allow = Allowed>(
    requirement: Typed<Native, Requirement<Native>, Own, OwnAllowed>,
  ): Handler<Kind, Capability<Labels | Own, OwnAllowed, Mode>>
  /** Returns a handler that lets a request pass if it meets one of several requirements. */
  (requirements: Requirement<Native> | readonly Requirement<Native>[]): Handler<Kind, AttachedCapability>
  /** Returns a guard with defaults: a requirement adds to their `designate`, and overrides everything else. */
  with<const Own extends string = never, const OwnAllowed extends Allow = Allowed>(
    defaults: Typed<Native, Requirement<Native>, Own, OwnAllowed>,
  ): TypedGuardWithResource<Native, Kind, Mode, Labels | Own, OwnAllowed>
  with<const Own extends string = never, const OwnAllowed extends Allow = Allowed>(
    defaults: Typed<Native, RequirementDefaults<Native>, Own, OwnAllowed>,
  ): TypedGuard<Native, Kind, Mode, Labels | Own, OwnAllowed>
  /** Returns a handler that lets every request pass: it declares a route public. */
  public(): Handler<Kind, AttachedCapability>
}

/** A `TypedGuard` whose defaults name the resource, so that requirements can leave it out. */
export interface TypedGuardWithResource<
  Native,
  Kind extends HandlerKind,
  Mode = 'enforce',
  Labels extends string = never,
  Allowed extends Allow = false,
> {
  /** Returns a handler that lets a request pass if it meets the requirement. */
  <const Own extends string = never, const OwnAllowed extends Allow = Allowed>(
    requirement?: Typed<Native, RequirementDefaults<Native>, Own, OwnAllowed>,
  ): Handler<Kind, Capability<Labels | Own, OwnAllowed, Mode>>
  /** Returns a handler that lets a request pass if it meets one of several requirements. */
  (
    requirements: RequirementDefaults<Native> | readonly RequirementDefaults<Native>[],
  ): Handler<Kind, AttachedCapability>
  /** Returns a guard with more defaults. */
  with<const Own extends string = never, const OwnAllowed extends Allow = Allowed>(
    defaults: Typed<Native, RequirementDefaults<Native>, Own, OwnAllowed>,
  ): TypedGuardWithResource<Native, Kind, Mode, Labels | Own, OwnAllowed>
  /** Returns a handler that lets every request pass: it declares a route public. */
  public(): Handler<Kind, AttachedCapability>
}
