import { GUARDS_METADATA } from '@nestjs/common/constants.js'
import { MetadataScanner, type ModulesContainer } from '@nestjs/core'
import { reportUnguarded } from '@writ/http'
import { CapabilityGuard } from '../capability-guard.ts'
import { type Callable, guardsOf } from '../internal/declarations.ts'
import { problemsOf, type RequirementCheck } from './problems-of.ts'

/** The metadata of `@nestjs/microservices` and `@nestjs/websockets`; neither package need be installed. */
const MESSAGE_PATTERN = 'microservices:pattern'
const GATEWAY = 'websockets:is_gateway'
const GATEWAY_MESSAGE = 'websockets:message_mapping'

type Module = ModulesContainer extends Map<string, infer Value> ? Value : never

/**
 * Asserts that the guard sees every message handler. It runs when the app is created, because a hybrid app may take
 * messages before it is started. No option turns it off: Nest does not ask the guards of the app here, so nothing would
 * deny these handlers.
 *
 * @throws `TypeError` that names every message handler which the guard will not see, or whose declaration can never be met.
 */
export function assertMessagesGuarded(modules: ModulesContainer, engine: RequirementCheck): true {
  const scanner = new MetadataScanner()
  const problems: string[] = []
  for (const module of modules.values()) {
    for (const [host, key] of hostsOf(module)) {
      for (const method of scanner.getAllMethodNames(host.prototype)) {
        const handler: Callable = host.prototype[method]
        if (!Reflect.hasMetadata(key, handler)) continue
        const found = problemsOf(host, handler, engine)
        if (found.length === 0 && !isSeen(module, host, handler)) found.push(': the guard does not see it')
        for (const problem of found) problems.push(`${host.name}.${method}${problem}`)
      }
    }
  }
  reportUnguarded(problems, 'message handler')
  return true
}

/** The classes with message handlers, each with the metadata key of such a handler. */
function* hostsOf({ controllers, providers }: Module): Generator<[Callable, string]> {
  for (const { metatype } of controllers.values()) if (typeof metatype === 'function') yield [metatype, MESSAGE_PATTERN]
  for (const { metatype } of providers.values()) {
    if (typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY, metatype)) yield [metatype, GATEWAY_MESSAGE]
  }
}

/** Whether the guard that our decorators add is still there: another decorator may have replaced it with its own. */
function isSeen({ injectables }: Module, host: Callable, handler: Callable): boolean {
  if (guardsOf(host, handler) === 'public') return true
  const guards = [host, handler].flatMap((target) => Reflect.getMetadata(GUARDS_METADATA, target) ?? [])
  return injectables.has(CapabilityGuard) && guards.includes(CapabilityGuard)
}
