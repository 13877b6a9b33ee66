import type { ApolloDriverConfig } from '@nestjs/apollo'
import { Args, Query, Resolver, Scalar, Subscription } from '@nestjs/graphql'
import type { GraphQLSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Public, RequireCapability } from '../src/index.ts'
import { collectWarnings } from './collect-warnings.ts'
import { app, ask, authority, lookUps, ran, serve, token } from './graphql-app.ts'

const warningsOf = collectWarnings()

describe('resolvers', () => {
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
    ran.length = 0
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
