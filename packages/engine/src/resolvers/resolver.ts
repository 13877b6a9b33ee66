/** What designations are resolved for. */
export interface ResolverRequest {
  readonly subject: string
  readonly target: string
  readonly operation: string
  /** What the caller handed in, such as arguments, a session, a URL or an event. */
  readonly input: ResolverInput
}

/** What resolvers read. */
export interface ResolverInput {
  /** Arguments of a call, as parsed JSON. */
  readonly args?: unknown
  /** The values of a session that the caller has verified. */
  readonly session?: Readonly<Record<string, unknown>> | undefined
  /** The URL or path of the request, as it arrived. */
  readonly url?: string | undefined
  /** An event, as parsed JSON. */
  readonly event?: unknown
}

/**
 * Names the object of a request. It runs after the policy has allowed the operation.
 *
 * @returns One value per label. To refuse, it throws.
 */
export type Resolver = (
  request: ResolverRequest,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>

/**
 * The input of a request does not name the object. A resolver of your own may throw it too: the label then stands in the
 * `EngineError`.
 *
 * @example
 * ```ts
 * import { type Resolver, ResolverError } from '@writ/engine'
 *
 * const tenants = new Map([['acme.example', 'acme']])
 * export const byHost: Resolver = ({ input }) => {
 *   const tenantId = tenants.get(new URL(input.url ?? '').hostname)
 *   if (tenantId === undefined) throw new ResolverError('no tenant has this host', 'tenantId')
 *   return { tenantId }
 * }
 * ```
 */
export class ResolverError extends Error {
  override readonly name = 'ResolverError'
  readonly label: string | undefined

  constructor(message: string, label?: string) {
    super(message)
    this.label = label
  }
}
