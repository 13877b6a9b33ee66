import type { ArgumentsHost } from '@nestjs/common'

/** Puts headers on the response of either platform, unless something else, a timeout say, has answered meanwhile. */
export function setHeaders(host: ArgumentsHost, headers: Readonly<Record<string, string>>): boolean {
  const response = host.switchToHttp().getResponse()
  if (response.headersSent || response.sent) return false
  // The `header` of Express would complete a content type.
  const method = response.raw ? 'header' : 'setHeader'
  for (const [name, value] of Object.entries(headers)) response[method](name, value)
  return true
}

/** As {@link setHeaders}, where nothing has set such a header: what the handler sets later replaces it. */
export function setDefaultHeaders(host: ArgumentsHost, headers: Readonly<Record<string, string>>): void {
  const response = host.switchToHttp().getResponse()
  // Middleware of Nest on Fastify sets headers on the raw response.
  const isUnset = ([name]: [string, string]): boolean => !response.hasHeader(name) && !response.raw?.hasHeader(name)
  setHeaders(host, Object.fromEntries(Object.entries(headers).filter(isUnset)))
}
