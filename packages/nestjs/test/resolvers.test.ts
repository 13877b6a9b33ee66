import { SetMetadata } from '@nestjs/common'
import { Parent, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql'
import { createUseLedger } from '@writ/core'
import { describe, expect, it } from 'vitest'
import { Public, RequireCapability } from '../src/index.ts'
import { ask, authority, FIELD_GUARDS, File, FilesResolver, lookUps, ran, serve } from './graphql-app.ts'

@Resolver(() => File)
class SecretResolver {
  @ResolveField(() => String)
  @RequireCapability({ resource: 'secrets', operation: 'read' })
  secret(@Parent() { name }: File) {
    ran.push(`secret ${name}`)
    return 'secret'
  }
}

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
})
