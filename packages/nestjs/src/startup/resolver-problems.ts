import { DiscoveryService, MetadataScanner, type ModuleRef } from '@nestjs/core'
import { type Callable, guardsOf } from '../internal/declarations.ts'
import { type GraphqlOptions, graphqlOptions } from './graphql-options.ts'
import { problemsOf, type RequirementCheck } from './problems-of.ts'

/** The metadata of `@nestjs/graphql`; the package need not be installed. */
const TYPE = 'graphql:resolver_type'
const FIELD = 'graphql:resolve_property'
const REFERENCE = 'graphql:resolve_reference'
/** The method that tells the type of an object that a resolver has returned. Nest never asks guards before it. */
const TYPE_OF_OBJECT = '__resolveType'
const ROOTS: readonly unknown[] = ['Query', 'Mutation', 'Subscription']

/** The problems of all resolvers, each with the name of its resolver. */
export interface ResolverProblems {
  /** Of resolvers that would run without the guard. */
  readonly unseen: readonly string[]
  /** Of resolvers that the guard denies, because nothing is declared or the declaration can never be met. */
  readonly denied: readonly string[]
}

/** Checks every resolver. Nest asks guards before those of fields and references only if the options of GraphQL say so. */
export function resolverProblems(moduleRef: ModuleRef, engine: RequirementCheck): ResolverProblems {
  const unseen = graphqlOptions(moduleRef)
    .flatMap(resolversInOptions)
    .map((name) => `GraphQLModule: ${name}: the guard does not see it`)
  const denied: string[] = []
  const fieldsSeen = seesFields(moduleRef)
  for (const { host, method, handler } of resolversOf(moduleRef)) {
    const name = `${host.name}.${method}`
    const found = problemsOf(host, handler, engine).map((problem) => `${name}${problem}`)
    if (isRoot(host, handler) || (fieldsSeen && method !== TYPE_OF_OBJECT)) denied.push(...found)
    else if (isDemanding(host, handler)) unseen.push(`${name}: the guard does not see it${remedyFor(method)}`)
    // A field is reached only through an object that a guarded resolver returned, but any caller can name a reference.
    else if (Reflect.hasMetadata(REFERENCE, handler)) unseen.push(...found)
  }
  return { unseen, denied }
}

function remedyFor(method: string): string {
  return method === TYPE_OF_OBJECT ? '' : " without fieldResolverEnhancers: ['guards']"
}

/**
 * Whether each GraphQL module of the app asks guards before the resolvers of fields. Without such a module nothing calls
 * them.
 */
function seesFields(moduleRef: ModuleRef): boolean {
  return graphqlOptions(moduleRef).every(
    ({ fieldResolverEnhancers }) => fieldResolverEnhancers?.includes('guards') === true,
  )
}

/** The resolvers that options bring past Nest, and that any caller can name. Those of fields run behind their object's. */
function resolversInOptions({ resolvers, rootValue }: GraphqlOptions): string[] {
  const types = [resolvers].flat(Number.POSITIVE_INFINITY).flatMap((map) => Object.entries(map ?? {}))
  const named = types.flatMap(([type, fields]) =>
    Object.keys(fields ?? {})
      .filter((field) => ROOTS.includes(type) || field === '__resolveReference')
      .map((field) => `resolvers.${type}.${field}`),
  )
  return rootValue === undefined || rootValue === null ? named : [...named, 'rootValue']
}

function* resolversOf(moduleRef: ModuleRef): Generator<{ host: Callable; method: string; handler: Callable }> {
  const scanner = new MetadataScanner()
  for (const { instance } of moduleRef.get(DiscoveryService, { strict: false }).getProviders()) {
    // Any object counts, however its provider made it, since Nest looks for resolvers in the same way.
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
