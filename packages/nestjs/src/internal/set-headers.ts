import type { ArgumentsHost } from '@nestjs/common'
import { hasBegunToAnswer } from './watch-answers.ts'

/**
 * Sets headers on the response of either platform. Returns `false` if other code, such as a timeout, has already
 * answered, or begun to.
 */
export function setHeaders(host: ArgumentsHost, headers: Readonly<Record<string, string>>): boolean {
  const response = host.switchToHttp().getResponse()
  if (response.headersSent || response.sent || hasBegunToAnswer(response)) return false
  // Not `header` on Express, which would add a charset to a content type.
  const method = response.raw ? 'header' : 'setHeader'
  for (const [name, value] of Object.entries(headers)) response[method](name, value)
  return true
}

/** Sets those headers that nothing has set yet. What the handler sets later replaces them. */
export function setDefaultHeaders(host: ArgumentsHost, headers: Readonly<Record<string, string>>): void {
  const response = host.switchToHttp().getResponse()
  // Middleware of Nest on Fastify sets headers on the raw response.
  const isUnset = ([name]: [string, string]): boolean => !response.hasHeader(name) && !response.raw?.hasHeader(name)
  setHeaders(host, Object.fromEntries(Object.entries(headers).filter(isUnset)))
}
