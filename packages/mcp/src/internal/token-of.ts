import { META_KEY } from '../with-capabilities.ts'

/** What is read of the context that an SDK passes to a handler: `extra` of the first line, `ctx` of the second. */
interface CallContext {
  readonly _meta?: unknown
  readonly requestInfo?: { readonly headers?: unknown }
  readonly mcpReq?: { readonly _meta?: unknown }
  readonly http?: { readonly req?: { readonly headers?: unknown } }
}

/**
 * The capability of a call: in its `_meta`, else of the connection, in `Authorization: Bearer`. One that is no text counts as one
 * that is malformed, and not as absent: the next source must not decide in its place.
 */
export function tokenOf(context: unknown): string | undefined {
  const { _meta, requestInfo, mcpReq, http } = (context ?? {}) as CallContext
  const meta = mcpReq?._meta ?? _meta
  if (hasOwnToken(meta)) {
    const token = (meta as Record<string, unknown>)[META_KEY]
    return typeof token === 'string' && token !== '' ? token : MALFORMED
  }
  return bearerOf(headerOf(http?.req?.headers ?? requestInfo?.headers))
}

/** Whether a call has a capability of its own, of whatever form. */
export function hasOwnToken(meta: unknown): boolean {
  return typeof meta === 'object' && meta !== null && Object.hasOwn(meta, META_KEY)
}

/** The token in an `Authorization` header (RFC 6750 section 2.1). */
export function bearerOf(header: string | null | undefined): string | undefined {
  if (header === undefined || header === null) return undefined
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? MALFORMED
}

/** No token is read from it. */
const MALFORMED = '.'

function headerOf(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  if (headers instanceof Headers) return headers.get('authorization') ?? undefined
  const value: unknown = Object.hasOwn(headers, 'authorization')
    ? (headers as Record<string, unknown>)['authorization']
    : undefined
  return value === undefined ? undefined : typeof value === 'string' ? value : MALFORMED
}
