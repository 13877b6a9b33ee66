import type { CapabilityError } from '@writ/core/verify'
import { refusalOf } from '@writ/http'
import { CALLS } from './internal/guard-handlers.ts'
import { type Message, readMessages } from './internal/read-messages.ts'
import { type Registry, registryOf } from './internal/registry.ts'
import { bearerOf, hasOwnToken } from './internal/token-of.ts'
import type { ToolRefusal } from './tool-guard.ts'

/** How an MCP server answers over HTTP what it refuses. */
export interface GuardHttpOptions {
  /**
   * Where the server describes itself (RFC 9728), as `describeResource` of `@writ/http` says. MCP clients find there
   * where they get a capability. Default: nowhere.
   */
  readonly resourceMetadata?: string | undefined
  /** The realm of the challenge. Default `'mcp'`. */
  readonly realm?: string | undefined
}

/** What serves requests in the form of the Fetch standard. */
export type FetchHandler = (request: Request) => Response | Promise<Response>

const RETRY_AFTER_SECONDS = 5

/**
 * Guards the HTTP side of an MCP server: a connection without a proven token for this server is answered with 401, and a call
 * with a token for another tool with 403, before anything is dispatched (MCP 2026-07-28, Authorization; RFC 6750).
 *
 * A call with a capability of its own, in `_meta`, is decided about by the server, and answered with a result. So is what
 * the arguments name, because they are known only after validation.
 *
 * @param server - A server that `guardTools` returned, with the same tools as those that serve: it is asked what they demand.
 * @param serve - Serves what is let through: `handler.fetch` of `createMcpHandler`, or a transport of the Fetch standard.
 *
 * @example
 * ```ts
 * import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
 * import { createToolGuard, guardHttp, guardTools } from '@writ/mcp'
 *
 * const guard = createToolGuard({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'mcp:files' })
 * const createServer = () => guardTools(new McpServer({ name: 'files', version: '1.0.0' }), { guard })
 * const handler = createMcpHandler(createServer)
 * export default { fetch: guardHttp(createServer(), (request) => handler.fetch(request)) }
 * ```
 */
export function guardHttp(server: object, serve: FetchHandler, options: GuardHttpOptions = {}): FetchHandler {
  const registry = registryOf(server)
  const { realm = 'mcp', resourceMetadata, ...others } = options
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new TypeError(`${unknown}: unknown, must be one of resourceMetadata, realm`)
  const settings = { realm, resourceMetadata, rfc6750: true, retryAfter: RETRY_AFTER_SECONDS }

  const refuse = (error: CapabilityError, { required }: ToolRefusal): Response => {
    const disclosure = required && { required, proven: true }
    const { status, headers, body } = refusalOf(error, settings, disclosure)
    return new Response(body, { status, headers })
  }

  return async (request) => {
    const token = bearerOf(request.headers.get('authorization'))
    const connection = await registry.guard.connect(token)
    if (!connection.allowed) return refuse(connection.error, connection.refusal)
    const read = await readMessages(request)
    if (read === undefined) return new Response(null, { status: 413 })
    for (const message of read.messages) {
      const decision = await admit(registry, message, token)
      if (decision !== undefined && !decision.allowed) return refuse(decision.error, decision.refusal)
    }
    return serve(read.request)
  }
}

/** What is decided about a message before it is dispatched; `undefined` for one that the server decides about. */
function admit(registry: Registry, { method, params }: Message, token: string | undefined) {
  const call = CALLS.get(method)
  if (call === undefined || hasOwnToken(params['_meta'])) return undefined
  const [kind, key] = call
  const known = registry.find(kind, params[key])
  return known && registry.guard.admit(known, token)
}
