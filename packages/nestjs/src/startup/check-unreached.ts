import { PATH_METADATA } from '@nestjs/common/constants.js'
import { DiscoveryService, MetadataScanner, type ModuleRef } from '@nestjs/core'
import { type Callable, isDeclared } from '../internal/declarations.ts'

/** What marks the methods that Nest's own decorators make reachable. */
const REACHED = [
  PATH_METADATA,
  'microservices:pattern',
  'websockets:message_mapping',
  'graphql:resolver_type',
  'graphql:resolve_property',
  'graphql:resolve_reference',
]

/** Problems of declarations without effect: no guard runs where no request is. */
export function walkUnreached(moduleRef: ModuleRef): string[] {
  const scanner = new MetadataScanner()
  const discovery = moduleRef.get(DiscoveryService, { strict: false })
  const problems: string[] = []
  for (const { metatype } of [...discovery.getControllers(), ...discovery.getProviders()]) {
    // Functions make providers too, and arrow functions have no prototype.
    if (typeof metatype !== 'function' || !metatype.prototype) continue
    for (const method of scanner.getAllMethodNames(metatype.prototype)) {
      const handler: Callable = metatype.prototype[method]
      if (isDeclared(handler) && !REACHED.some((key) => Reflect.hasMetadata(key, handler)))
        problems.push(`${metatype.name}.${method}: nothing routes to it, so its declaration has no effect`)
    }
  }
  return problems
}
