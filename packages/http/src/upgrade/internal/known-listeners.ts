const known = new WeakMap<object, ReadonlySet<unknown>>()

/** The listeners for `upgrade` that a guarded server may have. `undefined` if its upgrades are not guarded. */
export function knownListeners(server: object): ReadonlySet<unknown> | undefined {
  return known.get(server)
}

/** Records which listeners for `upgrade` a server may have. */
export function setKnownListeners(server: object, listeners: ReadonlySet<unknown>): void {
  known.set(server, listeners)
}
