import {
  compileRequirement,
  mergeRequirements,
  type NodeRequest,
  type RequirementDefaults,
  type Requirements,
} from '@writ/http'

/** Parts of requirements, of which one must be met: at least one. */
type AnyOf = readonly RequirementDefaults<NodeRequest>[]
/** What the decorators of one class or method say: public, or guards that must all pass. */
type Declaration = 'public' | readonly AnyOf[]
/** What a route comes to. */
export type RouteGuards = 'public' | readonly Requirements<NodeRequest>[]
// biome-ignore lint/complexity/noBannedTypes: this is what Nest calls classes and handlers
export type Callable = Function

/** As metadata, so that decorators which wrap a method and copy its metadata keep it, as they keep its path. */
const KEY: unique symbol = Symbol('writ:requirement')

/** A decorator that adds what it says to what others on the same class or method do. Errors: `TypeError` if they contradict. */
export function declaring(said: 'public' | AnyOf): ClassDecorator & MethodDecorator {
  return (decorated: object, key?: unknown, descriptor?: PropertyDescriptor) => {
    const target: unknown = key === undefined ? decorated : descriptor?.value
    if (typeof target !== 'function') throw new TypeError('target: only classes and methods can be declared')
    const before = declarationOf(target) ?? []
    if (before === said) return
    if (before === 'public' || (said === 'public' && before.length > 0))
      throw new TypeError(`${target.name}: is declared public and something else`)
    // Decorators run from the last to the first.
    Reflect.defineMetadata(KEY, said === 'public' ? said : [said, ...before], target)
  }
}

/** Of that very class or function: what a parent class or an overridden method says is for the caller to weigh. */
function declarationOf(target: object): Declaration | undefined {
  return Reflect.getOwnMetadata(KEY, target) as Declaration | undefined
}

/** Whether a decorator of this package stands on that very class or function. */
export function isDeclared(target: object): boolean {
  return declarationOf(target) !== undefined
}

/**
 * What guards a route; `undefined`: nothing. Requirements of parent classes, the class and the method are merged, in this order. Errors:
 * `TypeError` when what is declared comes to no requirement.
 */
export function guardsOf(controller: Callable, handler: Callable): RouteGuards | undefined {
  const own = declarationOf(handler)
  if (own === 'public') return own
  if (!own && losesDeclaration(controller, handler)) return undefined
  if (!own && declarationOf(controller) === 'public') return 'public'
  const [first, ...others] = [...lineage(controller).map(declarationOf), own].filter(
    (declaration) => declaration !== undefined && declaration !== 'public',
  )
  const guards = others.reduce(
    (outer, inner) => outer?.flatMap((left) => inner.map((right) => cross(left, right))),
    first,
  )
  return guards?.map((parts) => parts.map((part) => compileRequirement(part)) as unknown as Requirements<NodeRequest>)
}

const known = new WeakMap<Callable, Map<Callable, RouteGuards | undefined>>()

/** As {@link guardsOf}, put together once: when a route is first asked for, all decorators have run. */
export function knownGuardsOf(controller: Callable, handler: Callable): RouteGuards | undefined {
  const handlers = known.get(controller) ?? new Map()
  if (!handlers.has(handler)) known.set(controller, handlers.set(handler, guardsOf(controller, handler)))
  return handlers.get(handler)
}

/** Each of one side merged with each of the other. */
function cross(outer: AnyOf, inner: AnyOf): AnyOf {
  return outer.flatMap((left) => inner.map((right) => mergeRequirements(left, right)))
}

/** A class and its parents, the eldest first. */
function lineage(controller: Callable): Callable[] {
  const parent: unknown = Object.getPrototypeOf(controller)
  return typeof parent === 'function' && parent !== Function.prototype ? [...lineage(parent), controller] : [controller]
}

/** Whether a method without a declaration overrides one that has one, or is none of its class: what it needs is not known. */
function losesDeclaration(controller: Callable, handler: Callable): boolean {
  const prototypes = lineage(controller).map(({ prototype }) => Object.getOwnPropertyDescriptors(prototype))
  const level = prototypes.findLastIndex((methods) => Object.values(methods).some(({ value }) => value === handler))
  const name = Object.keys(prototypes[level] ?? {}).find((key) => prototypes[level]?.[key]?.value === handler)
  if (name === undefined) return true
  return prototypes.slice(0, level).some((methods) => {
    const overridden: unknown = Object.hasOwn(methods, name) ? methods[name]?.value : undefined
    return typeof overridden === 'function' && declarationOf(overridden) !== undefined
  })
}
