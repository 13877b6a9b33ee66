import { knownListeners } from '../upgrade/internal/known-listeners.ts'

/**
 * Lists the `upgrade` listeners of a server that are neither those of `guardUpgrade` nor allowed by it. A WebSocket that such a
 * listener opens needs no token. For checks at start-up.
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
