import type { CanActivate } from '@nestjs/common'
import type { ModulesContainer } from '@nestjs/core'
import { CapabilityGuard } from '../capability-guard.ts'

/**
 * The guard that asks before every route. It is the guard of the module, unless `overrideGuard(CapabilityGuard)` of a testing
 * module has put another in the place of those that the decorators add: then that one decides here too.
 */
export function guardOfApp(guard: CanActivate, modules: ModulesContainer): CanActivate {
  return { canActivate: (context) => (overridingGuard(modules) ?? guard).canActivate(context) }
}

/**
 * The guard that a testing module has put in the place of `CapabilityGuard`. Nothing else can: in an app, Nest makes the guards
 * of `@UseGuards(CapabilityGuard)` of that very class, whatever its providers say.
 */
export function overridingGuard(modules: ModulesContainer): CanActivate | undefined {
  for (const { injectables } of modules.values()) {
    const found = injectables.get(CapabilityGuard)
    if (found && found.metatype !== CapabilityGuard) return found.instance as CanActivate
  }
  return undefined
}
