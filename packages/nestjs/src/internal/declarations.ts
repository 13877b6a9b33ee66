import {
  compileRequirement,
  mergeRequirements,
  type NodeRequest,
  type RequirementDefaults,
  type Requirements,
} from '@writ/http'

/** Parts of requirements, of which one must be met: at least one. */
type AnyOf = readonly RequirementDefaults<NodeRequest>[]
/** What the decorators of one class or method declare: public, or guards that must all pass. */
type Declaration = 'public' | readonly AnyOf[]
/** What is declared for a route, class and method together. */
export type RouteGuards = 'public' | readonly Requirements<NodeRequest>[]
// biome-ignore lint/complexity/noBannedTypes: this is what Nest calls classes and handlers
export type Callable = Function

/** A metadata key, so that a decorator which wraps a method and copies its metadata keeps the declaration, like the path. */
const KEY: unique symbol = Symbol('writ:requirement')

/** Returns a decorator that adds to what the class or method declares already; it throws a `TypeError` if they contradict. */
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

/** What is declared on that very class or function, without its parent class or the method that it overrides. */
function declarationOf(target: object): Declaration | undefined {
  return Reflect.getOwnMetadata(KEY, target) as Declaration | undefined
}

/** Whether a decorator of this package is on that very class or function. */
export function isDeclared(target: object): boolean {
  return declarationOf(target) !== undefined
}

/**
 * What guards a route; `undefined` if nothing does. The requirements of parent classes, the class and the method are
 * merged, in this order. A class that is public opens only methods of its own: what it inherits stays as its parents
 * demand.
 *
 * @throws `TypeError` if the parts do not add up to a requirement.
 */
export function guardsOf(controller: Callable, handler: Callable): RouteGuards | undefined {
  const own = declarationOf(handler)
  if (own === 'public') return own
  if (!own && losesDeclaration(controller, handler)) return undefined
  if (!own && declarationOf(controller) === 'public' && isOwned(controller, handler)) return 'public'
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

/** Like {@link guardsOf}, but computed once per route: all decorators have run before the first request. */
export function knownGuardsOf(controller: Callable, handler: Callable): RouteGuards | undefined {
  const handlers = known.get(controller) ?? new Map()
  if (!handlers.has(handler)) known.set(controller, handlers.set(handler, guardsOf(controller, handler)))
  return handlers.get(handler)
}

/** Merges each requirement of one side with each of the other. */
function cross(outer: AnyOf, inner: AnyOf): AnyOf {
  return outer.flatMap((left) => inner.map((right) => mergeRequirements(left, right)))
}

/** A class and its parents, from the topmost parent down. */
function lineage(controller: Callable): Callable[] {
  const parent: unknown = Object.getPrototypeOf(controller)
  return typeof parent === 'function' && parent !== Function.prototype ? [...lineage(parent), controller] : [controller]
}

/**
 * Whether an undeclared method overrides a declared one, or is not a method of its class. In both cases its requirement
 * is unknown, so what the class declares must not stand in for it.
 */
function losesDeclaration(controller: Callable, handler: Callable): boolean {
  const classes = lineage(controller).map(({ prototype }) => Object.getOwnPropertyDescriptors(prototype))
  const owner = classes.findLastIndex((methods) => nameIn(methods, handler) !== undefined)
  const name = nameIn(classes[owner] ?? {}, handler)
  if (name === undefined) return true
  const parents = classes.slice(0, owner)
  return parents.some((methods) => Object.hasOwn(methods, name) && isDeclaredMethod(methods[name]?.value))
}

function isOwned({ prototype }: Callable, handler: Callable): boolean {
  return nameIn(Object.getOwnPropertyDescriptors(prototype), handler) !== undefined
}

/** The name of a method among those of one class. */
function nameIn(methods: Readonly<Record<string, PropertyDescriptor>>, handler: Callable): string | undefined {
  return Object.keys(methods).find((name) => methods[name]?.value === handler)
}

function isDeclaredMethod(value: unknown): boolean {
  return typeof value === 'function' && isDeclared(value)
}
