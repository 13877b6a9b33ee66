import type { OnApplicationBootstrap } from '@nestjs/common'
import type { ModuleRef } from '@nestjs/core'
import { walkControllers } from './check-controllers.ts'
import { walkResolvers } from './check-resolvers.ts'
import { walkUnreached } from './check-unreached.ts'
import { throwProblems } from './problems-of.ts'

/**
 * A provider that checks routes and resolvers when the app starts. The option turns off what the guard denies anyway; what would run
 * without it is always an error.
 */
export function routeCheck(
  { checkRoutes = true }: { readonly checkRoutes?: boolean | undefined },
  moduleRef: ModuleRef,
): OnApplicationBootstrap {
  if (typeof checkRoutes !== 'boolean') throw new TypeError('checkRoutes: must be true or false')
  return {
    onApplicationBootstrap() {
      if (checkRoutes) {
        throwProblems('routes: not every route is guarded', walkControllers(moduleRef))
        throwProblems('declarations: not every one has an effect', walkUnreached(moduleRef))
      }
      const { unseen, denied } = walkResolvers(moduleRef)
      throwProblems('resolvers: not every resolver is guarded', checkRoutes ? [...unseen, ...denied] : unseen)
    },
  }
}
