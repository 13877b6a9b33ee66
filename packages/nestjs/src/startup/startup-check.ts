import type { OnApplicationBootstrap } from '@nestjs/common'
import type { ModuleRef } from '@nestjs/core'
import { reportUnguarded } from '@writ/http'
import { assertDeclarationsReached } from './assert-declarations-reached.ts'
import { controllerProblems } from './controller-problems.ts'
import type { RequirementCheck } from './problems-of.ts'
import { resolverProblems } from './resolver-problems.ts'
import { warnOfReplacedGuard } from './warn-of-replaced-guard.ts'
import { warnOfUpgrades } from './warn-of-upgrades.ts'

/**
 * A provider that checks routes, resolvers and `upgrade` listeners when the app starts. The option `checkRoutes` turns
 * off the checks of handlers that the guard denies anyway. A resolver that would run without the guard is an error in any
 * case.
 */
export function startupCheck(
  { checkRoutes = true }: { readonly checkRoutes?: boolean | undefined },
  moduleRef: ModuleRef,
  engine: RequirementCheck,
): OnApplicationBootstrap {
  if (typeof checkRoutes !== 'boolean') throw new TypeError('checkRoutes: must be true or false')
  return {
    onApplicationBootstrap() {
      if (checkRoutes) {
        reportUnguarded(controllerProblems(moduleRef, engine))
        assertDeclarationsReached(moduleRef)
      }
      const { unseen, denied } = resolverProblems(moduleRef, engine)
      reportUnguarded(checkRoutes ? [...unseen, ...denied] : unseen, 'resolver')
      warnOfUpgrades(moduleRef)
      warnOfReplacedGuard(moduleRef)
    },
  }
}
