import { unguardedUpgrades } from '@writ/http'
import type { FastifyInstance } from 'fastify'
import type { ListedRoute } from './list-routes.ts'

const warned = new WeakSet<object>()

/**
 * Warns of `upgrade` listeners on the server of the app that open connections past every hook. It is a warning and no error,
 * because such a listener may check its requests itself.
 */
export function warnOfUpgrades({ server }: FastifyInstance, routes: readonly ListedRoute[]): void {
  const hasWebsocketPlugin = routes.some((route) => route.server.hasDecorator('websocketServer'))
  const names = unguardedUpgrades(server)
    .map((listener) => (listener as { readonly name?: string }).name || 'anonymous')
    // @fastify/websocket passes each upgrade to the router, so the hooks of its route run, and the guard with them.
    .filter((name) => !(hasWebsocketPlugin && name === 'onUpgrade'))
  if (names.length === 0 || warned.has(server)) return
  warned.add(server)
  process.emitWarning(`Nothing guards these listeners for "upgrade" on fastify.server: ${names.join(', ')}`, {
    type: 'WritWarning',
    code: 'WRIT_UNGUARDED_UPGRADES',
    detail: 'Use guardUpgrade of @writ/http, or routes of @fastify/websocket.',
  })
}
