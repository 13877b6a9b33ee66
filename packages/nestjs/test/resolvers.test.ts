// Nest's driver of Apollo finds it by its name.
import '@as-integrations/express5'
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { type ExecutionContext, type INestApplication, Module, SetMetadata, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  Args,
  Field,
  GqlExecutionContext,
  GraphQLModule,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
  Scalar,
  Subscription,
} from '@nestjs/graphql'
import { createUseLedger, type VerifiedCapability } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import type { GraphQLSchema } from 'graphql'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  Capability,
  CapabilityGuard,
  type NodeRequest,
  Public,
  RequireCapability,
  WritModule,
  type WritOptions,
} from '../src/index.ts'
import { collectWarnings } from './collect-warnings.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read' })

const warningsOf = collectWarnings()

let ran: string[] = []
let lookUps = 0
const options: WritOptions = {
  keys: authority.publicKey,
  anchor: null,
  now: authority.now,
  revocation: {
    // Once for each proof.
    async isRevoked() {
      lookUps++
      return false
    },
  },
}

class GraphqlGuard extends CapabilityGuard {
  protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
    if (context.getType<string>() !== 'graphql') return super.getRequest(context)
    return GqlExecutionContext.create(context).getContext().req
  }
}

@ObjectType()
class File {
  @Field(() => String)
  name!: string
  @Field(() => String, { nullable: true })
  secret?: string
}

@Resolver(() => File)
class FilesResolver {
  @Query(() => File)
  @RequireCapability({ resource: 'files', operation: 'read' })
  file(@Args('name', { type: () => String }) name: string, @Capability() { subject }: VerifiedCapability) {
    ran.push(`file ${name}`)
    return { name: `${name} of ${subject}` }
  }

  @Mutation(() => String)
  @RequireCapability({ resource: 'files', operation: 'write' })
  drop() {
    ran.push('drop')
    return 'dropped'
  }

  @Query(() => String)
  @Public()
  version() {
    return '1'
  }
}

/** A field with a demand of its own. */
@Resolver(() => File)
class SecretResolver {
  @ResolveField(() => String)
  @RequireCapability({ resource: 'secrets', operation: 'read' })
  secret(@Parent() { name }: File) {
    ran.push(`secret ${name}`)
    return 'secret'
  }
}

let app: INestApplication | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
  ran = []
  lookUps = 0
})

interface Parts {
  readonly resolvers?: Type[]
  readonly graphql?: Partial<ApolloDriverConfig>
  readonly writ?: Partial<WritOptions>
  readonly setUp?: (app: INestApplication) => void
}

async function serve({ resolvers = [FilesResolver], graphql, writ, setUp }: Parts = {}): Promise<void> {
  @Module({
    imports: [
      WritModule.forRoot({ ...options, ...writ, guard: GraphqlGuard }),
      GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, ...graphql }),
    ],
    providers: resolvers,
  })
  class AppModule {}
  app = await NestFactory.create(AppModule, { logger: false, abortOnError: false })
  setUp?.(app)
  await app.listen(0, '127.0.0.1')
}

interface Answer {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { message: string; path: unknown[] }[]
}

async function ask(query: string, bearer: string | undefined = token): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${app?.getHttpServer().address().port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer && authority.headersFor(bearer)) },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as Answer
}

const FIELD_GUARDS = { fieldResolverEnhancers: ['guards' as const] }

describe('resolvers', () => {
  it('resolvers of queries and mutations are guarded, each with its own capability', async () => {
    await serve()
    expect(await ask('{ file(name: "a") { name } }')).toEqual({ data: { file: { name: 'a of alice' } } })
    expect((await ask('{ file(name: "b") { name } }', '')).errors).toMatchObject([
      { message: 'A capability token is required', path: ['file'] },
    ])
    expect((await ask('mutation { drop }')).errors).toMatchObject([
      { message: 'The capability token is for another operation', path: ['drop'] },
    ])
    expect(await ask('{ version }', '')).toEqual({ data: { version: '1' } })
    expect(ran).toEqual(['file a'])
  })

  it('resolvers of one request share one proof of its token, however many aliases it has', async () => {
    await serve()
    const aliases = Array.from({ length: 1000 }, (_, index) => `a${index}: file(name: "x") { name }`)
    const { data } = await ask(`{ ${aliases.join(' ')} }`)
    expect(Object.keys(data ?? {})).toHaveLength(1000)
    expect(ran).toHaveLength(1000)
    expect(lookUps).toBe(1)
    await ask('{ file(name: "y") { name } }')
    expect(lookUps).toBe(2)
  })

  it('a single-use capability runs only the first of several resolvers in one request', async () => {
    const singleUse = createUseLedger({ now: authority.now })
    @Resolver()
    class OtherResolver {
      @Query(() => String)
      @RequireCapability({ resource: 'files', operation: 'read' })
      other() {
        ran.push('other')
        return 'other'
      }
    }
    await serve({ resolvers: [FilesResolver, OtherResolver], writ: { singleUse } })
    const single = async () => authority.mint({ resource: 'files', operation: 'read', singleUse })
    const aliases = await ask('{ a: file(name: "x") { name } b: file(name: "x") { name } }', await single())
    expect(aliases.errors).toMatchObject([{ message: 'The capability token has already been used' }])
    expect(ran).toEqual(['file x'])
    const several = await ask('{ file(name: "y") { name } other }', await single())
    expect(several.errors).toMatchObject([{ message: 'The capability token has already been used' }])
    expect(ran).toHaveLength(2)
  })

  it('a resolver of a field is guarded where guards are on for fields', async () => {
    await serve({ resolvers: [FilesResolver, SecretResolver], graphql: FIELD_GUARDS })
    const answer = await ask('{ file(name: "a") { name secret } }')
    expect(answer.data).toEqual({ file: { name: 'a of alice', secret: null } })
    expect(answer.errors).toMatchObject([
      { message: 'The capability token is for another resource', path: ['file', 'secret'] },
    ])
    expect(ran).toEqual(['file a'])
  })

  it.each([true, false])(
    'an app with a declared field does not start where guards are off for fields, checkRoutes: %s',
    async (checkRoutes) => {
      await expect(serve({ resolvers: [FilesResolver, SecretResolver], writ: { checkRoutes } })).rejects.toThrow(
        new TypeError(
          [
            'app: not every resolver is guarded',
            "  SecretResolver.secret: the guard does not see it without fieldResolverEnhancers: ['guards']",
          ].join('\n'),
        ),
      )
    },
  )

  it('a resolver of an undeclared field runs behind that of its object where guards are off for fields', async () => {
    @Resolver(() => File)
    class PlainResolver {
      @ResolveField(() => String)
      secret() {
        ran.push('secret')
        return 'plain'
      }
    }
    await serve({ resolvers: [FilesResolver, PlainResolver] })
    expect((await ask('{ file(name: "a") { secret } }', '')).errors).toHaveLength(1)
    expect(ran).toEqual([])
    expect((await ask('{ file(name: "a") { secret } }')).data).toEqual({ file: { secret: 'plain' } })
  })

  it('an app does not start with resolvers that are not guarded, or whose requirement can never be met', async () => {
    @Resolver(() => File)
    class OpenResolver {
      @Query(() => String)
      open() {
        return 'open'
      }
      @Query(() => String)
      @RequireCapability({ resource: 'files', designate: ['name'] })
      param() {
        return 'param'
      }
      @ResolveField(() => String)
      secret() {
        return 'secret'
      }
      helper() {}
    }
    await expect(serve({ resolvers: [FilesResolver, OpenResolver], graphql: FIELD_GUARDS })).rejects.toThrow(
      new TypeError(
        [
          'app: not every resolver is guarded',
          '  OpenResolver.open is not guarded',
          '  OpenResolver.param: designate: "name" is not a param of this path',
          '  OpenResolver.secret is not guarded',
        ].join('\n'),
      ),
    )
  })

  it('an app does not start with a resolver of references that is not declared, which federation calls without a query', async () => {
    class References {
      @ResolveReference()
      reference() {
        return { name: 'a' }
      }
    }
    @Resolver(() => File)
    class OpenReferences extends References {}
    @Resolver(() => File)
    @RequireCapability({ resource: 'files' })
    class UnseenReferences extends References {}
    @Resolver(() => File)
    @Public()
    class PublicReferences {
      @ResolveReference()
      reference() {
        return { name: 'a' }
      }
    }
    const resolvers = [FilesResolver, OpenReferences, UnseenReferences, PublicReferences]
    await expect(serve({ resolvers })).rejects.toThrow(
      new TypeError(
        [
          'app: not every resolver is guarded',
          '  OpenReferences.reference is not guarded',
          "  UnseenReferences.reference: the guard does not see it without fieldResolverEnhancers: ['guards']",
        ].join('\n'),
      ),
    )
  })

  it('a resolver of __resolveType is never guarded, and an app does not start if one is declared', async () => {
    @Resolver(() => File)
    class NamedResolver {
      // As `@ResolveField()` of an app that writes its schema itself.
      @SetMetadata('graphql:resolve_property', true)
      __resolveType() {
        return 'File'
      }
    }
    @Resolver(() => File)
    @RequireCapability({ resource: 'files' })
    class DemandingResolver extends NamedResolver {}
    const resolvers = [FilesResolver, NamedResolver, DemandingResolver]
    await expect(serve({ resolvers, graphql: FIELD_GUARDS })).rejects.toThrow(
      new TypeError(
        ['app: not every resolver is guarded', '  DemandingResolver.__resolveType: the guard does not see it'].join(
          '\n',
        ),
      ),
    )
  })

  it('resolvers that nothing declares are denied with checkRoutes: false', async () => {
    @Resolver()
    class OpenResolver {
      @Query(() => String)
      open() {
        ran.push('open')
        return 'open'
      }
    }
    await serve({ resolvers: [OpenResolver], writ: { checkRoutes: false } })
    expect((await ask('{ open }')).errors).toMatchObject([{ message: 'The route is not guarded', path: ['open'] }])
    expect(ran).toEqual([])
  })

  it.each([true, false])(
    'an app does not start with resolvers in the options of GraphQL that any caller can name, checkRoutes: %s',
    async (checkRoutes) => {
      const graphql: Partial<ApolloDriverConfig> = {
        resolvers: [
          { Query: { version: () => '2' }, File: { secret: () => 'secret', __resolveReference: () => ({}) } },
          [{ Mutation: { drop: () => 'open' } }],
        ] as never,
        rootValue: { version: () => '3' },
      }
      await expect(serve({ graphql, writ: { checkRoutes } })).rejects.toThrow(
        new TypeError(
          [
            'app: not every resolver is guarded',
            '  GraphQLModule: resolvers.Query.version: the guard does not see it',
            '  GraphQLModule: resolvers.File.__resolveReference: the guard does not see it',
            '  GraphQLModule: resolvers.Mutation.drop: the guard does not see it',
            '  GraphQLModule: rootValue: the guard does not see it',
          ].join('\n'),
        ),
      )
    },
  )

  it('a resolver of a field in the options of GraphQL runs behind that of its object', async () => {
    const secret = () => {
      ran.push('secret')
      return 'of options'
    }
    await serve({ graphql: { resolvers: { File: { secret } } } })
    expect((await ask('{ file(name: "a") { secret } }', '')).errors).toHaveLength(1)
    expect(ran).toEqual([])
    expect((await ask('{ file(name: "a") { secret } }')).data).toEqual({ file: { secret: 'of options' } })
  })

  it('a schema that the options of GraphQL change or bring runs without the guard', async () => {
    const transformSchema = (schema: GraphQLSchema) => {
      Object.assign(schema.getQueryType()?.getFields()['file'] ?? {}, { resolve: () => ({ name: 'open' }) })
      return schema
    }
    await serve({ graphql: { transformSchema } })
    expect(await ask('{ file(name: "a") { name } }', '')).toEqual({ data: { file: { name: 'open' } } })
  })

  it('introspection and the scalars of the app run without the guard', async () => {
    @Scalar('Noted')
    class NotedScalar {
      parseValue(value: unknown) {
        return value
      }
      serialize(value: unknown) {
        return value
      }
      parseLiteral() {
        ran.push('scalar')
        return 'noted'
      }
    }
    @Resolver()
    class NotedResolver {
      @Query(() => String)
      @RequireCapability({ resource: 'files' })
      noted(@Args('value', { type: () => NotedScalar }) value: string) {
        ran.push('handler')
        return value
      }
    }
    await serve({ resolvers: [NotedResolver, NotedScalar], graphql: { introspection: true } })
    const { data } = await ask('{ __typename __schema { queryType { name } } }', '')
    expect(data).toEqual({ __typename: 'Query', __schema: { queryType: { name: 'Query' } } })
    expect((await ask('{ noted(value: "a") }', '')).errors).toHaveLength(1)
    expect(new Set(ran)).toEqual(new Set(['scalar']))
  })

  it('resolvers of subscriptions are guarded when a client subscribes, each time with a new proof', async () => {
    async function* ticks() {
      ran.push('ticks')
      yield { ticks: 'tick' }
    }
    @Resolver()
    class TicksResolver {
      @Query(() => String)
      @Public()
      version() {
        return '1'
      }
      @Subscription(() => String)
      @RequireCapability({ resource: 'files', operation: 'read' })
      ticks() {
        return ticks()
      }
    }
    const context = ({ req, extra }: { req?: unknown; extra?: { request: unknown } }) => ({
      req: req ?? extra?.request,
    })
    await serve({ resolvers: [TicksResolver], graphql: { subscriptions: { 'graphql-ws': true }, context } })
    expect(await subscribe('subscription { ticks }', authority.headersFor(token))).toEqual([
      { id: '1', type: 'next', payload: { data: { ticks: 'tick' } } },
      { id: '2', type: 'next', payload: { data: { ticks: 'tick' } } },
    ])
    expect(lookUps).toBe(2)
    ran = []
    expect(await subscribe('subscription { ticks }', {})).toMatchObject([
      { id: '1', type: 'next', payload: { errors: [{ message: 'A capability token is required' }] } },
      { id: '2', type: 'next', payload: { errors: [{ message: 'A capability token is required' }] } },
    ])
    expect(ran).toEqual([])
  })

  it.each([true, false])(
    'the upgrade listener of GraphQL subscriptions causes no warning, and one beside it does: subscriptions %s',
    async (subscriptions) => {
      const graphql = subscriptions ? { subscriptions: { 'graphql-ws': true as const } } : {}
      await serve({ graphql, setUp: (nest) => nest.getHttpServer().on('upgrade', () => {}) })
      expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toEqual([
        'Nothing guards these listeners for "upgrade" on the HTTP server: anonymous',
      ])
      await app?.close()
      await serve({ graphql })
      expect(app?.getHttpServer().listeners('upgrade')).toHaveLength(subscriptions ? 1 : 0)
      expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toHaveLength(1)
    },
  )
})

/** Subscribes twice over one socket, one after the other: the first that the server says to each. */
async function subscribe(query: string, headers: Record<string, string>): Promise<unknown[]> {
  const url = `ws://127.0.0.1:${app?.getHttpServer().address().port}/graphql`
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers })
  const said = new Map<unknown, (message: unknown) => void>()
  const say = (message: { id?: string; type: string; payload?: object }, until: unknown) =>
    new Promise<unknown>((resolve) => {
      said.set(until, resolve)
      socket.send(JSON.stringify(message))
    })
  socket.on('message', (text) => {
    const message = JSON.parse(String(text))
    said.get(message.id)?.(message)
    said.delete(message.id)
  })
  await new Promise((resolve) => socket.on('open', resolve))
  await say({ type: 'connection_init' }, undefined)
  const answers: unknown[] = []
  for (const id of ['1', '2']) answers.push(await say({ id, type: 'subscribe', payload: { query } }, id))
  socket.terminate()
  return answers
}
