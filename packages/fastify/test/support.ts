import { createTestAuthority, type TestAuthority } from '@writ/testing'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { WritOptions } from '../src/index.ts'

export const authority: TestAuthority = await createTestAuthority()
export const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }

/** A token to read files, of the tenant acme unless it is said otherwise. */
export const tokenFor = (
  designations: Record<string, string> = { tenantId: 'acme' },
  operation = 'read',
): Promise<string> => authority.mint({ resource: 'files', operation, designations })

/** Sends a request without a socket, presents a token, and tells the status and the code or the body of the answer. */
export async function send(
  app: FastifyInstance,
  url: string,
  token?: string,
  request: InjectOptions = {},
): Promise<[status: number, codeOrBody: unknown]> {
  const headers = { ...request.headers, ...(token && authority.headersFor(token)) }
  const response = await app.inject({ method: 'GET', url, ...request, headers })
  const isJson = response.body !== '' && response.headers['content-type']?.toString().includes('json')
  const body = isJson ? response.json() : response.body
  return [response.statusCode, body?.code ?? body]
}
