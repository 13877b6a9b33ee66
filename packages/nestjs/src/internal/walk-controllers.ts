import type { OnApplicationBootstrap } from '@nestjs/common'
import { MODULE_PATH, PATH_METADATA } from '@nestjs/common/constants.js'
import { ApplicationConfig, DiscoveryService, MetadataScanner, type ModuleRef, ModulesContainer } from '@nestjs/core'
import { type Callable, guardsOf } from './walk-declarations.ts'

/** A provider that checks the routes when the app starts. */
export function routeCheck(
  { checkRoutes = true }: { readonly checkRoutes?: boolean | undefined },
  moduleRef: ModuleRef,
): OnApplicationBootstrap {
  if (typeof checkRoutes !== 'boolean') throw new TypeError('checkRoutes: must be true or false')
  return { onApplicationBootstrap: () => (checkRoutes ? assertRoutesDeclared(moduleRef) : undefined) }
}

/** Throws one `TypeError` that names every route which nothing declares, or which is declared in a way that cannot be met. */
function assertRoutesDeclared(moduleRef: ModuleRef): void {
  const scanner = new MetadataScanner()
  const prefixOf = prefixes(moduleRef)
  const problems: string[] = []
  for (const { metatype, host } of moduleRef.get(DiscoveryService, { strict: false }).getControllers()) {
    if (typeof metatype !== 'function') continue
    for (const method of scanner.getAllMethodNames(metatype.prototype)) {
      const handler: Callable = metatype.prototype[method]
      const path: Paths | undefined = Reflect.getMetadata(PATH_METADATA, handler)
      if (path === undefined) continue
      const parts: Paths[] = [prefixOf(host?.metatype), Reflect.getMetadata(PATH_METADATA, metatype), path]
      for (const problem of problemsOf(metatype, handler, parts)) problems.push(`${metatype.name}.${method}${problem}`)
    }
  }
  if (problems.length > 0)
    throw new TypeError(`routes: not every route is guarded\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
}

/** Paths as Nest's decorators take them. */
type Paths = string | readonly string[] | undefined

/** What stands before the path of a controller: the prefix of the app, and that of its module by `RouterModule`. */
function prefixes(moduleRef: ModuleRef): (module: unknown) => string {
  const global = moduleRef.get(ApplicationConfig, { strict: false }).getGlobalPrefix()
  const { applicationId } = moduleRef.get(ModulesContainer, { strict: false })
  return (module) => {
    if (typeof module !== 'function') return global
    const path: string | undefined =
      Reflect.getMetadata(`${MODULE_PATH}${applicationId}`, module) ?? Reflect.getMetadata(MODULE_PATH, module)
    return `${global}/${path ?? ''}`
  }
}

/** Whether every alternative of a route has a param. A wildcard is none: it has several values, or another name. */
function hasParam(parts: readonly Paths[], name: string): boolean {
  return parts.some((paths) => [paths ?? ''].flat().every((path) => namesOf(path).includes(name)))
}

function namesOf(path: string): string[] {
  return [...path.matchAll(/:([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu)].map(([, name = '']) => name)
}

function problemsOf(controller: Callable, handler: Callable, parts: readonly Paths[]): string[] {
  try {
    const guards = guardsOf(controller, handler)
    if (guards === undefined) return [' is not guarded']
    if (guards === 'public') return []
    const sources = guards.flat().flatMap(({ designate }) => Object.values(designate))
    return sources
      .filter((source) => typeof source === 'string' && !hasParam(parts, source))
      .map((source) => `: designate: "${source}" is no param of its path`)
  } catch (error) {
    return [`: ${(error as Error).message}`]
  }
}
