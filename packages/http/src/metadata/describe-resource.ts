import { checkUrl } from './check-url.ts'

/** What a service says about itself to OAuth clients. */
export interface ResourceDescription {
  /** The URL of the service: https, or http on one's own machine. */
  readonly resource: string
  /** The URLs of the authorities that mint for it. */
  readonly authorizationServers: readonly string[]
  /** The scopes of its routes, such as `invoices:read`. Default: none are listed. */
  readonly scopes?: readonly string[] | undefined
  /** Its name for people. Default: none. */
  readonly name?: string | undefined
}

/** The metadata of a protected resource (RFC 9728 section 2). */
export interface ResourceMetadata {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly scopes_supported?: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly authorization_details_types_supported: readonly ['writ_capability']
  readonly resource_name?: string
}

/** The metadata, and where it is served. */
export interface DescribedResource {
  /** For the option `resourceMetadata` of guards. */
  readonly url: string
  /** The path of that URL. */
  readonly path: string
  /** The JSON document. */
  readonly document: ResourceMetadata
}

const OPTIONS = ['resource', 'authorizationServers', 'scopes', 'name']
const SCOPE = /^[!#-[\]-~]{1,256}$/
const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/**
 * Describes a service for OAuth clients, which find from its challenge where they get a capability (RFC 9728).
 *
 * @throws `TypeError` that starts with the name of the member that is unknown, missing or wrong.
 *
 * @example
 * ```ts
 * import { describeResource } from '@writ/http'
 *
 * const { url, path, document } = describeResource({
 *   resource: 'https://billing.example',
 *   authorizationServers: ['https://authority.example'],
 *   scopes: ['invoices:read'],
 * })
 * console.log(path) // /.well-known/oauth-protected-resource
 * // app.get(path, (context) => context.json(document)), and resourceMetadata: url for the guard.
 * ```
 */
export function describeResource(description: ResourceDescription): DescribedResource {
  const unknown = Object.keys(description).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) throw new TypeError(`${unknown}: unknown, must be one of ${OPTIONS.join(', ')}`)
  const { resource, authorizationServers, scopes, name } = description
  checkUrl('resource', resource)
  if (!Array.isArray(authorizationServers) || authorizationServers.length === 0) {
    throw new TypeError('authorizationServers: must be a list of URLs that is not empty')
  }
  for (const server of authorizationServers) checkUrl('authorizationServers', server)
  const isScope = (scope: unknown) => typeof scope === 'string' && SCOPE.test(scope)
  if (scopes !== undefined && !(Array.isArray(scopes) && scopes.every(isScope))) {
    throw new TypeError('scopes: must be a list of scopes, as in invoices:read')
  }
  if (name !== undefined && typeof name !== 'string') throw new TypeError('name: must be a string')
  // Section 3.1: between the host and the path, without the slash of a path that has nothing else.
  const { origin, pathname, search } = new URL(resource)
  const path = `${WELL_KNOWN}${pathname === '/' ? '' : pathname}`
  const document: ResourceMetadata = {
    resource,
    authorization_servers: Object.freeze([...authorizationServers]),
    ...(scopes !== undefined && { scopes_supported: Object.freeze([...scopes]) }),
    bearer_methods_supported: ['header'],
    authorization_details_types_supported: ['writ_capability'],
    ...(name !== undefined && { resource_name: name }),
  }
  return Object.freeze({ url: `${origin}${path}${search}`, path, document: Object.freeze(document) })
}
