// Nest's driver of Apollo finds it by its name.
import '@as-integrations/express5'
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { type ExecutionContext, type INestApplication, Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Args, Field, GqlExecutionContext, GraphQLModule, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql'
import type { VerifiedCapability } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { afterEach } from 'vitest'
import {
  Capability,
  CapabilityGuard,
  type NodeRequest,
  Public,
  RequireCapability,
  WritModule,
  type WritOptions,
} from '../src/index.ts'

export const authority = await createTestAuthority()
export const token = await authority.mint({ resource: 'files', operation: 'read' })

/** What has run since the start of the test. */
export const ran: string[] = []
/** How many proofs asked whether they are revoked. */
export let lookUps = 0
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
export class File {
  @Field(() => String)
  name!: string
  @Field(() => String, { nullable: true })
  secret?: string
}

@Resolver(() => File)
export class FilesResolver {
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

export let app: INestApplication | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
  ran.length = 0
  lookUps = 0
})

interface Parts {
  readonly resolvers?: Type[]
  readonly graphql?: Partial<ApolloDriverConfig>
  readonly writ?: Partial<WritOptions>
  readonly setUp?: (app: INestApplication) => void
}

/** Starts an app with resolvers at `/graphql`; it is closed after the test. */
export async function serve({ resolvers = [FilesResolver], graphql, writ, setUp }: Parts = {}): Promise<void> {
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

export async function ask(query: string, bearer: string | undefined = token): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${app?.getHttpServer().address().port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer && authority.headersFor(bearer)) },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as Answer
}

export const FIELD_GUARDS = { fieldResolverEnhancers: ['guards' as const] }
