const known = new WeakMap<object, ReadonlySet<unknown>>()

/** The listeners for `upgrade` that a guarded server may have; `undefined` if nothing guards its upgrades. */
export function knownListeners(server: object): ReadonlySet<unknown> | undefined {
  return known.get(server)
}

/** Notes that these are all the listeners for `upgrade` that a server may have. */
export function setKnownListeners(server: object, listeners: ReadonlySet<unknown>): void {
  known.set(server, listeners)
}
