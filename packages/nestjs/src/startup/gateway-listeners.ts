import type { ApplicationConfig, HttpAdapterHost } from '@nestjs/core'

/**
 * Returns a set that receives the `upgrade` listeners of gateways as they are added: the guard sees the messages that
 * come in by these. Nest does not say which listeners a gateway has, so the WebSocket adapter is watched while it creates
 * a server.
 */
export function gatewayListeners(config: ApplicationConfig, host: HttpAdapterHost): ReadonlySet<unknown> {
  const ofGateways = new Set<unknown>()
  const listeners = (): readonly unknown[] => host.httpAdapter?.getHttpServer()?.listeners?.('upgrade') ?? []

  const setIoAdapter = config.setIoAdapter.bind(config)
  config.setIoAdapter = (adapter) => {
    const create = adapter.create.bind(adapter)
    adapter.create = (port, options) => {
      const before = new Set(listeners())
      const server = create(port, options)
      for (const listener of listeners()) if (!before.has(listener)) ofGateways.add(listener)
      return server
    }
    setIoAdapter(adapter)
  }
  return ofGateways
}
