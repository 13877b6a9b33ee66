import { knownListeners } from './internal/known-listeners.ts'

/**
 * The listeners of a server for `upgrade` that are neither {@link guardUpgrade}'s nor allowed by it: whoever opens a WebSocket there is asked
 * for no token. For checks at start-up.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { unguardedUpgrades } from '@writ/http'
 *
 * const server = createServer()
 * server.on('upgrade', function openAll() {})
 * console.log(unguardedUpgrades(server)) // [ [Function: openAll] ]
 * ```
 */
export function unguardedUpgrades(server: { listeners(event: string): readonly unknown[] }): readonly unknown[] {
  const known = knownListeners(server)
  return server.listeners('upgrade').filter((listener) => !known?.has(listener))
}
