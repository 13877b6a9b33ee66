import { unguardedUpgrades } from '@writ/http'
import type { Layer } from './layer.ts'
import { isOpaque, nameOf, type Walk } from './walk-route.ts'

/** A server whose `upgrade` listeners are checked: one of `node:http` or `node:https`. */
export interface ListeningServer {
  listeners(event: string): readonly unknown[]
}

/** The problems of a server: its `upgrade` listeners that open connections without a guard. */
export function openUpgrades(server: ListeningServer, walk: Pick<Walk, 'opaque'>): string[] {
  const open = unguardedUpgrades(server) as readonly Layer['handle'][]
  return open
    .filter((listener) => !isOpaque(listener, walk))
    .map((listener) => `upgrade (${nameOf(listener)}) is not guarded: use guardUpgrade, or name it in opaque`)
}
