import type { HttpGuardOptions } from '../guard-options.ts'
import type { Requirement } from '../requirement.ts'
import type { AttachedCapability } from '../typed/enforced-capability.ts'

/** An upgrade request of Node, such as an `IncomingMessage`. */
export interface UpgradeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
  readonly headers: Record<string, string | readonly string[] | undefined>
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** The socket of an upgrade request, such as the `Duplex` that Node hands over. */
export interface UpgradeSocket {
  readonly destroyed: boolean
  on(event: 'error', listener: () => void): unknown
  off(event: 'error', listener: () => void): unknown
  once(event: 'close' | 'finish', listener: () => void): unknown
  write(text: string, encoding: 'latin1'): unknown
  end(text: string, encoding: 'utf8'): unknown
  destroy(): unknown
}

/** A server whose upgrades can be guarded, of `node:http` or `node:https`. */
export interface UpgradeServer<Request, Socket, Head> {
  on(event: 'upgrade', listener: (request: Request, socket: Socket, head: Head) => void): unknown
  listeners(event: string): readonly unknown[]
}

/** What upgrades at one path demand, and what happens to those that pass. */
export interface UpgradeRoute<Request, Socket, Head> {
  /** The requirement, or several of which one must be met. `'public'` lets everybody pass. */
  readonly requirement: Requirement<Request> | readonly Requirement<Request>[] | 'public'
  /**
   * Takes the socket of a request that has passed. `capability` may be `undefined` on public and optional routes and in report
   * mode. `params` are those of the path, decoded. If it throws, the socket is closed, and the error is an uncaught one.
   */
  readonly accept: (
    request: Request,
    socket: Socket,
    head: Head,
    capability: AttachedCapability | undefined,
    params: Readonly<Record<string, string>>,
  ) => void
}

/** The options of a verifier, of a guard and of upgrades, in one flat object. */
export type UpgradeOptions<Request, Socket, Head> = Omit<HttpGuardOptions<Request>, 'refuse' | 'tokenFrom'> & {
  /**
   * What upgrades demand, by path. A path consists of texts and `:names`, such as `/:tenantId/events`, and is compared with the
   * path as it was sent. The first route that matches counts. If none matches, the answer is 404.
   */
  readonly routes: Readonly<Record<string, UpgradeRoute<Request, Socket, Head>>>
  /**
   * Where the token comes from: a header that holds it alone; or, for browsers, which cannot set headers, an offered subprotocol
   * that begins with `protocol`. `accept` does not see that subprotocol. Default: `Authorization: Bearer`.
   */
  readonly tokenFrom?: HttpGuardOptions<Request>['tokenFrom'] | { readonly protocol: string }
  /** Listeners for `upgrade` beside the guard. They see every request unproven, and must not answer. Default: none. */
  readonly allow?: readonly ((...args: never[]) => unknown)[] | undefined
}
