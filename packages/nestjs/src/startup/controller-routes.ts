import { RequestMethod } from '@nestjs/common'
import { METHOD_METADATA, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js'
import { ApplicationConfig, DiscoveryService, MetadataScanner, type ModuleRef } from '@nestjs/core'
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js'
import { type ListedRoute, listedRoute } from '@writ/http'
import { type Callable, guardsOf } from '../internal/declarations.ts'
import { modulePaths } from './controller-problems.ts'

/** The routes of all controllers, with what guards each. */
export function controllerRoutes(moduleRef: ModuleRef): readonly ListedRoute[] {
  const scanner = new MetadataScanner()
  const pathsOf = paths(moduleRef)
  const rows: ListedRoute[] = []
  for (const { metatype, host } of moduleRef.get(DiscoveryService, { strict: false }).getControllers()) {
    if (typeof metatype !== 'function') continue
    for (const name of scanner.getAllMethodNames(metatype.prototype)) {
      const handler: Callable = metatype.prototype[name]
      if (Reflect.getMetadata(PATH_METADATA, handler) === undefined) continue
      const method: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler)
      const guards = guardsOf(metatype, handler)
      const described = guards === undefined ? [] : guards === 'public' ? [guards] : guards.map(descriptionOf)
      for (const path of pathsOf(metatype, handler, host?.metatype, method))
        rows.push(listedRoute(RequestMethod[method] ?? 'ALL', path, described))
    }
  }
  return Object.freeze(rows)
}

function descriptionOf(requirements: Exclude<ReturnType<typeof guardsOf>, 'public' | undefined>[number]) {
  return requirements.length === 1 ? requirements[0] : requirements
}

/** The paths of a handler, by Nest itself: with prefixes, versions, and what is excluded from the prefix. */
function paths(moduleRef: ModuleRef) {
  const config = moduleRef.get(ApplicationConfig, { strict: false })
  const factory = new RoutePathFactory(config)
  const modulePathOf = modulePaths(moduleRef)
  const versioningOptions = config.getVersioning()
  return (controller: Callable, handler: Callable, module: unknown, method: RequestMethod): readonly string[] => {
    const metadata = {
      ctrlPath: Reflect.getMetadata(PATH_METADATA, controller),
      methodPath: Reflect.getMetadata(PATH_METADATA, handler),
      controllerVersion: Reflect.getMetadata(VERSION_METADATA, controller) ?? versioningOptions?.defaultVersion,
      methodVersion: Reflect.getMetadata(VERSION_METADATA, handler),
      globalPrefix: config.getGlobalPrefix(),
      modulePath: typeof module === 'function' ? modulePathOf(module) : undefined,
      versioningOptions,
    }
    return factory.create(metadata as Parameters<RoutePathFactory['create']>[0], method)
  }
}
