import { attachCapability } from '../attached-capability.ts'
import { createGuardEngine } from '../create-guard-engine.ts'
import { nodeRequestView } from '../node-request-view.ts'
import { unguardedUpgrades } from '../startup/unguarded-upgrades.ts'
import { answerSocket } from './internal/answer-socket.ts'
import { knownListeners, setKnownListeners } from './internal/known-listeners.ts'
import { hideProtocolTokens, protocolTokens } from './internal/protocol-token.ts'
import { readUpgradeOptions, type UpgradeSettings } from './internal/read-upgrade-options.ts'
import type { UpgradeOptions, UpgradeRequest, UpgradeServer, UpgradeSocket } from './upgrade-types.ts'

/** The answer where no route matches. */
const NOT_FOUND = {
  status: 404,
  headers: { 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' },
  body: '{"type":"about:blank","title":"Not Found","status":404}',
}

/**
 * Guards the upgrades of a Node server, such as WebSockets: they do not pass through middleware or routes. It is the only
 * listener for `upgrade`. A request that meets the requirement of its path goes to `accept`. Any other request is answered on
 * its socket like an HTTP request, and the socket is closed.
 *
 * @param server - The server of `node:http` or `node:https`, before it listens.
 * @param options - Those of a verifier and of a guard, `routes`, `tokenFrom` and `allow`: see {@link UpgradeOptions}.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong, or with `server:` if it has
 *   another listener for `upgrade`. Adding such a listener later throws too.
 *
 * @example
 * ```ts
 * import { createServer, type IncomingMessage } from 'node:http'
 * import type { Duplex } from 'node:stream'
 * import { generateKeyPair } from '@writ/core'
 * import { guardUpgrade } from '@writ/http'
 *
 * // const sockets = new WebSocketServer({ noServer: true }), of the package ws
 * declare const sockets: {
 *   handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (client: Client) => void): void
 * }
 * interface Client {
 *   send(text: string): void
 * }
 *
 * const { publicKey } = await generateKeyPair()
 * const server = createServer()
 * guardUpgrade(server, {
 *   keys: publicKey,
 *   anchor: 'service:events',
 *   routes: {
 *     '/:tenantId/events': {
 *       requirement: { resource: 'events', designate: ['tenantId'] },
 *       accept: (request, socket, head, capability) =>
 *         sockets.handleUpgrade(request, socket, head, (client) => client.send(`hello ${capability?.subject}`)),
 *     },
 *   },
 * })
 * ```
 */
export function guardUpgrade<Request extends UpgradeRequest, Socket extends UpgradeSocket, Head>(
  server: UpgradeServer<Request, Socket, Head>,
  options: UpgradeOptions<Request, Socket, Head>,
): void {
  const settings = readUpgradeOptions(options)
  if (knownListeners(server)) throw new TypeError('server: its upgrades are guarded already')
  const guard = guardOf(settings)
  const listener = (request: Request, socket: Socket, head: Head) => void guard(request, socket, head)
  const known = new Set<unknown>([listener, ...settings.allow])
  const [other] = unguardedUpgrades(server).filter((one) => !known.has(one))
  if (other) throw unknownListener(other)
  setKnownListeners(server, known)
  server.on('upgrade', listener)
  const events = server as unknown as { on(event: 'newListener', listener: (...args: unknown[]) => void): void }
  events.on('newListener', (event, added) => {
    if (event === 'upgrade' && !known.has(added)) throw unknownListener(added)
  })
}

function unknownListener(listener: unknown): TypeError {
  const name = (listener as { readonly name?: string }).name || 'anonymous'
  return new TypeError(`server: a listener for "upgrade" (${name}) would open what no guard has let pass; see "allow"`)
}

function guardOf<Request extends UpgradeRequest, Socket extends UpgradeSocket, Head>({
  guard: guardOptions,
  routes,
  protocol,
}: UpgradeSettings<Request, Socket, Head>): (request: Request, socket: Socket, head: Head) => Promise<void> {
  const engine = createGuardEngine<Request>(guardOptions)
  for (const { requirements } of routes) {
    if (requirements !== 'public') for (const one of requirements) engine.check(one)
  }

  return async (request, socket, head) => {
    // Node has removed its own listener: without one, a client that breaks off would end the process.
    socket.on('error', ignore)
    const { method = '', url = '', rawHeaders } = request
    const target = { method, url, rawHeaders, ip: request.socket.remoteAddress }
    const segments = nodeRequestView(target).path.split('/')
    for (const { pattern, requirements, accept } of routes) {
      const params = pattern.match(segments)
      if (!params) continue
      const view = nodeRequestView({ ...target, params }, request, {})
      if (protocol !== undefined) Object.assign(view, { header: protocolTokens(view.header, protocol) })
      const outcome = requirements === 'public' ? PASS : await engine.decide(requirements, view, request)
      if (socket.destroyed) return
      if (!outcome.allowed) return answerSocket(socket, outcome.refusal, method)
      if (protocol !== undefined) hideProtocolTokens(request, protocol)
      attachCapability(request, outcome.capability, outcome.code)
      try {
        accept(request, socket, head, outcome.capability, params)
      } catch (error) {
        socket.destroy()
        throw error
      }
      return
    }
    answerSocket(socket, NOT_FOUND, method)
  }
}

const PASS = { allowed: true, capability: undefined, code: undefined } as const

function ignore(): void {}
