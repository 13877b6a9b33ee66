import type { ModuleRef } from '@nestjs/core'

/** The options that are used here, of a `GraphQLModule`. */
export interface GraphqlOptions {
  readonly fieldResolverEnhancers?: readonly string[]
  readonly subscriptions?: unknown
  readonly installSubscriptionHandlers?: unknown
  /** Resolvers by type and field, or a list of such. */
  readonly resolvers?: unknown
  readonly rootValue?: unknown
}

/** The injection token under which `@nestjs/graphql` keeps its options; the package need not be installed. */
const OPTIONS = 'GqlModuleOptions'

/** The options of each GraphQL module of the app; empty if it has none. */
export function graphqlOptions(moduleRef: ModuleRef): readonly GraphqlOptions[] {
  try {
    return moduleRef.get<GraphqlOptions>(OPTIONS, { strict: false, each: true })
  } catch {
    return []
  }
}
