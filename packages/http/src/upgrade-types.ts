import type { VerifiedCapability } from '@writ/core/verify'
import type { HttpGuardOptions } from './guard-options.ts'
import type { Requirement } from './requirement.ts'

/** An upgrade request of Node: an `IncomingMessage` is one. */
export interface UpgradeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
  readonly headers: Record<string, string | readonly string[] | undefined>
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** The socket of an upgrade request: the `Duplex` that Node hands over is one. */
export interface UpgradeSocket {
  readonly destroyed: boolean
  on(event: 'error', listener: () => void): unknown
  off(event: 'error', listener: () => void): unknown
  once(event: 'close' | 'finish', listener: () => void): unknown
  write(text: string, encoding: 'latin1'): unknown
  end(text: string, encoding: 'utf8'): unknown
  destroy(): unknown
}

/** A server whose upgrades can be guarded: one of `node:http` or `node:https`. */
export interface UpgradeServer<Request, Socket, Head> {
  on(event: 'upgrade', listener: (request: Request, socket: Socket, head: Head) => void): unknown
  listeners(event: string): readonly unknown[]
}

/** What upgrades at one path demand, and who takes them. */
export interface UpgradeRoute<Request, Socket, Head> {
  /** What the capability must be good for, or several of which one must be met; `'public'` lets everybody pass. */
  readonly requirement: Requirement<Request> | readonly Requirement<Request>[] | 'public'
  /**
   * Takes the socket of a request that has passed; until then it is the guard's. `capability` is `undefined` on public and optional routes,
   * and in report mode; `params` are those of the path, decoded. What it throws is an uncaught error, after the socket is closed.
   */
  readonly accept: (
    request: Request,
    socket: Socket,
    head: Head,
    capability: VerifiedCapability | undefined,
    params: Readonly<Record<string, string>>,
  ) => void
}

/** The options of a verifier, of a guard and of upgrades, in one flat object. */
export type UpgradeOptions<Request, Socket, Head> = Omit<HttpGuardOptions<Request>, 'refuse' | 'tokenFrom'> & {
  /**
   * What upgrades demand, by path: texts and `:names`, such as `/:tenantId/events`, compared as they are sent. The first that fits counts;
   * a path that none fits is answered with 404.
   */
  readonly routes: Readonly<Record<string, UpgradeRoute<Request, Socket, Head>>>
  /**
   * Where the token comes from: a header that holds it alone, or, for browsers, which set no headers, an offered subprotocol that begins
   * with `protocol`. `accept` does not see that one. Default: `Authorization: Bearer`.
   */
  readonly tokenFrom?: { readonly header: string } | { readonly protocol: string } | undefined
  /** Listeners for `upgrade` that may stand beside the guard. They see every request unproven, and must not answer. Default: none. */
  readonly allow?: readonly ((...args: never[]) => unknown)[] | undefined
}
