import type { RequestView } from '../request-view.ts'
import type { UpgradeRequest } from '../upgrade-types.ts'

/** The header by which a client of a WebSocket offers subprotocols (RFC 6455 section 11.3.4). */
export const PROTOCOLS = 'sec-websocket-protocol'

/** What reads the headers of a request, but of the subprotocols sees nothing but the tokens among them. */
export function protocolTokens(header: RequestView['header'], prefix: string): RequestView['header'] {
  return (name) => {
    const values = header(name)
    if (name !== PROTOCOLS) return values
    const tokens = offeredIn(values).filter((protocol) => protocol.startsWith(prefix))
    return tokens.map((protocol) => protocol.slice(prefix.length))
  }
}

/** Takes the tokens out of what is offered: a server that chose one would send it back, and name it in its log. */
export function hideProtocolTokens(request: UpgradeRequest, prefix: string): void {
  const offered = offeredIn([request.headers[PROTOCOLS] ?? []].flat())
  const others = offered.filter((protocol) => !protocol.startsWith(prefix))
  if (others.length > 0) request.headers[PROTOCOLS] = others.join(', ')
  else delete request.headers[PROTOCOLS]
}

function offeredIn(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((protocol) => protocol.trim())
}
