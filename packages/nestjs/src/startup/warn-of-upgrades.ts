import { HttpAdapterHost, type ModuleRef } from '@nestjs/core'
import { unguardedUpgrades } from '@writ/http'
import { gatewayListeners } from './gateway-listeners.ts'
import { graphqlOptions } from './graphql-options.ts'

type Listener = { readonly name?: string }

/**
 * Warns, as soon as the app listens, of `upgrade` listeners on its HTTP server that no decorator guards. It is a warning
 * and no error, because such a listener may check its requests itself.
 */
export function warnOfUpgrades(moduleRef: ModuleRef): void {
  const host = moduleRef.get(HttpAdapterHost, { strict: false })
  host.listen$.subscribe(() => {
    const names = openListeners(host.httpAdapter.getHttpServer(), moduleRef).map(({ name }) => name || 'anonymous')
    if (names.length === 0) return
    process.emitWarning(`Nothing guards these listeners for "upgrade" on the HTTP server: ${names.join(', ')}`, {
      type: 'WritWarning',
      code: 'WRIT_UNGUARDED_UPGRADES',
      detail: 'Use guardUpgrade of @writ/http, or a gateway.',
    })
  })
}

/** A server that an HTTP adapter of the app's own made may have no listeners. */
type Server = { listeners?(event: string): readonly unknown[] }

function openListeners(server: Server | undefined, moduleRef: ModuleRef): Listener[] {
  if (typeof server?.listeners !== 'function') return []
  const ofGateways = moduleRef.get<ReadonlySet<unknown>>(gatewayListeners, { strict: false })
  const open = (unguardedUpgrades(server as Required<Server>) as Listener[]).filter(
    (listener) => !ofGateways.has(listener),
  )
  const anonymous = open.filter(({ name }) => !name)
  return [...open.filter(({ name }) => name), ...anonymous.slice(subscriptionListeners(moduleRef))]
}

/** Each GraphQL module with subscriptions has one anonymous listener. Its resolvers are guarded, so it needs no warning. */
function subscriptionListeners(moduleRef: ModuleRef): number {
  return graphqlOptions(moduleRef).filter((options) => options.subscriptions || options.installSubscriptionHandlers)
    .length
}
