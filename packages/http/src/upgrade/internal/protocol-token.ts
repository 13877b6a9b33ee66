import type { RequestView } from '../../request-view.ts'
import type { UpgradeRequest } from '../upgrade-types.ts'

/** The header by which a client of a WebSocket offers subprotocols (RFC 6455 section 11.3.4). */
export const PROTOCOLS = 'sec-websocket-protocol'

/** Reads the headers of a request, but returns only the tokens among its subprotocols. */
export function protocolTokens(header: RequestView['header'], prefix: string): RequestView['header'] {
  return (name) => {
    const values = header(name)
    if (name !== PROTOCOLS) return values
    const tokens = offeredIn(values).filter((protocol) => protocol.startsWith(prefix))
    return tokens.map((protocol) => protocol.slice(prefix.length))
  }
}

/** Removes the tokens from the offered subprotocols: a server that chose one would send it back, and log it. */
export function hideProtocolTokens(request: UpgradeRequest, prefix: string): void {
  const offered = offeredIn([request.headers[PROTOCOLS] ?? []].flat())
  const others = offered.filter((protocol) => !protocol.startsWith(prefix))
  if (others.length > 0) request.headers[PROTOCOLS] = others.join(', ')
  else delete request.headers[PROTOCOLS]
}

function offeredIn(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((protocol) => protocol.trim())
}
