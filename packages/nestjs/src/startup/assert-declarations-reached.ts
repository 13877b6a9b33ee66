import { PATH_METADATA } from '@nestjs/common/constants.js'
import { DiscoveryService, MetadataScanner, type ModuleRef } from '@nestjs/core'
import { type Callable, isDeclared } from '../internal/declarations.ts'

/** The metadata of the methods that a request, a message or a query can reach. */
const REACHED = [
  PATH_METADATA,
  'microservices:pattern',
  'websockets:message_mapping',
  'graphql:resolver_type',
  'graphql:resolve_property',
  'graphql:resolve_reference',
]

/**
 * Asserts that each declaration has an effect: a guard runs only where a request arrives, so a declaration elsewhere
 * promises what nothing does.
 *
 * @throws `TypeError` that names each method which is declared and which nothing routes to.
 */
export function assertDeclarationsReached(moduleRef: ModuleRef): void {
  const scanner = new MetadataScanner()
  const discovery = moduleRef.get(DiscoveryService, { strict: false })
  const lines: string[] = []
  for (const { metatype } of [...discovery.getControllers(), ...discovery.getProviders()]) {
    // A provider may also come from a function, and an arrow function has no prototype.
    if (typeof metatype !== 'function' || !metatype.prototype) continue
    for (const method of scanner.getAllMethodNames(metatype.prototype)) {
      const handler: Callable = metatype.prototype[method]
      if (isDeclared(handler) && !REACHED.some((key) => Reflect.hasMetadata(key, handler)))
        lines.push(`\n  ${metatype.name}.${method}: nothing routes to it, so its declaration has no effect`)
    }
  }
  if (lines.length > 0) throw new TypeError(`app: not every declaration has an effect${lines.join('')}`)
}
