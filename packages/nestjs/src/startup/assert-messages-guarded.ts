import { GUARDS_METADATA } from '@nestjs/common/constants.js'
import { MetadataScanner, type ModulesContainer } from '@nestjs/core'
import { CapabilityGuard } from '../capability-guard.ts'
import { type Callable, guardsOf } from '../internal/declarations.ts'
import { problemsOf, throwProblems } from './problems-of.ts'

/** What the decorators of `@nestjs/microservices` and `@nestjs/websockets` leave; neither need be installed. */
const MESSAGE_PATTERN = 'microservices:pattern'
const GATEWAY = 'websockets:is_gateway'
const GATEWAY_MESSAGE = 'websockets:message_mapping'

type Module = ModulesContainer extends Map<string, infer Value> ? Value : never

/**
 * Errors: one `TypeError` that names every message handler which the guard will not see, or which is declared in a way that cannot be
 * met. It runs when the app is created: a hybrid app may take messages before it is started. No option turns it off, since no guard
 * of the app denies what is missed here.
 */
export function assertMessagesGuarded(modules: ModulesContainer): true {
  const scanner = new MetadataScanner()
  const problems: string[] = []
  for (const module of modules.values()) {
    for (const [host, key] of hostsOf(module)) {
      for (const method of scanner.getAllMethodNames(host.prototype)) {
        const handler: Callable = host.prototype[method]
        if (!Reflect.hasMetadata(key, handler)) continue
        const found = problemsOf(host, handler)
        if (found.length === 0 && !isSeen(module, host, handler)) found.push(': the guard does not see it')
        for (const problem of found) problems.push(`${host.name}.${method}${problem}`)
      }
    }
  }
  throwProblems('messages: not every handler is guarded', problems)
  return true
}

/** The classes whose methods Nest calls for messages, each with what marks such a method. */
function* hostsOf({ controllers, providers }: Module): Generator<[Callable, string]> {
  for (const { metatype } of controllers.values()) if (typeof metatype === 'function') yield [metatype, MESSAGE_PATTERN]
  for (const { metatype } of providers.values()) {
    if (typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY, metatype)) yield [metatype, GATEWAY_MESSAGE]
  }
}

/** Whether the guard that a decorator brings along is still there: another decorator may have put its own in that place. */
function isSeen({ injectables }: Module, host: Callable, handler: Callable): boolean {
  if (guardsOf(host, handler) === 'public') return true
  const guards = [host, handler].flatMap((target) => Reflect.getMetadata(GUARDS_METADATA, target) ?? [])
  return injectables.has(CapabilityGuard) && guards.includes(CapabilityGuard)
}
