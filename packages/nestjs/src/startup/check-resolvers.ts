import { DiscoveryService, MetadataScanner, type ModuleRef } from '@nestjs/core'
import { type Callable, guardsOf } from '../internal/declarations.ts'
import { problemsOf } from './problems-of.ts'

/** What the decorators of `@nestjs/graphql` leave, and the token of its options; it need not be installed. */
const TYPE = 'graphql:resolver_type'
const FIELD = 'graphql:resolve_property'
const REFERENCE = 'graphql:resolve_reference'
const OPTIONS = 'GqlModuleOptions'
/** Tells the type of an object that is there already: Nest never asks guards for it. */
const TYPE_OF_OBJECT = '__resolveType'
const ROOTS: readonly unknown[] = ['Query', 'Mutation', 'Subscription']

/** Problems of resolvers, each with its name. */
export interface ResolverProblems {
  /** Of resolvers that would run without the guard. */
  readonly unseen: readonly string[]
  /** Of resolvers that the guard denies, or that can never be met. */
  readonly denied: readonly string[]
}

/** Looks at every resolver: Nest asks guards for those of fields and references only if the options of GraphQL say so. */
export function walkResolvers(moduleRef: ModuleRef): ResolverProblems {
  const unseen: string[] = []
  const denied: string[] = []
  const fieldsSeen = seesFields(moduleRef)
  for (const { host, method, handler } of resolversOf(moduleRef)) {
    const name = `${host.name}.${method}`
    const found = problemsOf(host, handler).map((problem) => `${name}${problem}`)
    if (isRoot(host, handler) || (fieldsSeen && method !== TYPE_OF_OBJECT)) denied.push(...found)
    else if (isDemanding(host, handler)) unseen.push(`${name}: the guard does not see it${remedyFor(method)}`)
    // A field is reached through an object, which a resolver gave; a reference is what any caller names.
    else if (Reflect.hasMetadata(REFERENCE, handler)) unseen.push(...found)
  }
  return { unseen, denied }
}

function remedyFor(method: string): string {
  return method === TYPE_OF_OBJECT ? '' : " without fieldResolverEnhancers: ['guards']"
}

/** Whether guards are on for the resolvers of fields in each of the app's GraphQL modules. */
function seesFields(moduleRef: ModuleRef): boolean {
  try {
    const all = moduleRef.get<{ fieldResolverEnhancers?: readonly string[] }>(OPTIONS, { strict: false, each: true })
    return all.every(({ fieldResolverEnhancers }) => fieldResolverEnhancers?.includes('guards') === true)
  } catch {
    // Without such a module nothing calls resolvers.
    return true
  }
}

function* resolversOf(moduleRef: ModuleRef): Generator<{ host: Callable; method: string; handler: Callable }> {
  const scanner = new MetadataScanner()
  for (const { instance } of moduleRef.get(DiscoveryService, { strict: false }).getProviders()) {
    // As Nest looks for them: whatever made the object.
    if (typeof instance !== 'object' || instance === null) continue
    const prototype: Record<string, Callable> | null = Object.getPrototypeOf(instance)
    if (prototype === null || typeof instance.constructor !== 'function') continue
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[method] as Callable
      if (isResolver(instance.constructor, handler)) yield { host: instance.constructor, method, handler }
    }
  }
}

function isResolver(host: Callable, handler: Callable): boolean {
  return typeOf(host, handler) !== undefined && (isRoot(host, handler) || isField(handler))
}

function isRoot(host: Callable, handler: Callable): boolean {
  return ROOTS.includes(typeOf(host, handler))
}

function isField(handler: Callable): boolean {
  return Reflect.hasMetadata(FIELD, handler) || Reflect.hasMetadata(REFERENCE, handler)
}

function typeOf(host: Callable, handler: Callable): unknown {
  return Reflect.getMetadata(TYPE, handler) ?? Reflect.getMetadata(TYPE, host)
}

function isDemanding(host: Callable, handler: Callable): boolean {
  try {
    return Array.isArray(guardsOf(host, handler))
  } catch {
    return true
  }
}
