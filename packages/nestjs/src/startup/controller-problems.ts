import { MODULE_PATH, PATH_METADATA } from '@nestjs/common/constants.js'
import { ApplicationConfig, DiscoveryService, MetadataScanner, type ModuleRef, ModulesContainer } from '@nestjs/core'
import type { Callable } from '../internal/declarations.ts'
import { problemsOf, type RequirementCheck } from './problems-of.ts'

/**
 * The problems of all routes, each with the name of its handler: nothing is declared, or the declaration can never be
 * met.
 */
export function controllerProblems(moduleRef: ModuleRef, engine: RequirementCheck): string[] {
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
      const found = problemsOf(metatype, handler, engine, (name) => hasParam(parts, name))
      for (const problem of found) problems.push(`${metatype.name}.${method}${problem}`)
    }
  }
  return problems
}

/** Paths as Nest's decorators take them. */
export type Paths = string | readonly string[] | undefined

/**
 * Returns a function for the part before a controller's path: the prefix of the app and the path of its module
 * (`RouterModule`).
 */
function prefixes(moduleRef: ModuleRef): (module: unknown) => string {
  const global = moduleRef.get(ApplicationConfig, { strict: false }).getGlobalPrefix()
  const pathOf = modulePaths(moduleRef)
  return (module) => (typeof module === 'function' ? `${global}/${pathOf(module) ?? ''}` : global)
}

/** Returns a function for the path of a module (`RouterModule`); `undefined` if it has none. */
export function modulePaths(moduleRef: ModuleRef): (module: object) => string | undefined {
  const { applicationId } = moduleRef.get(ModulesContainer, { strict: false })
  return (module) =>
    Reflect.getMetadata(`${MODULE_PATH}${applicationId}`, module) ?? Reflect.getMetadata(MODULE_PATH, module)
}

/** Whether every alternative of a route has the param. A wildcard does not count: it has several values, or another name. */
function hasParam(parts: readonly Paths[], name: string): boolean {
  return parts.some((paths) => [paths ?? ''].flat().every((path) => namesOf(path).includes(name)))
}

function namesOf(path: string): string[] {
  return [...path.matchAll(/:([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu)].map(([, name = '']) => name)
}
