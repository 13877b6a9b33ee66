import { inspect } from '@writ/core/verify'
import type { System } from './start-system.ts'

/** What each kind of capability of the pipeline is for. */
const WAYS = new Map<string, readonly [method: string, path: string]>([
  ['artifacts write', ['PUT', '/artifacts/web']],
  ['artifacts read', ['GET', '/artifacts/web']],
  ['packages publish', ['PUT', '/packages/web']],
  ['secrets read', ['GET', '/secrets/deploy-key']],
])
/** How authority and depot say that a token is over. Everything else is no proof that it is. */
const OVER = new Set(['refused_credential', 'revoked', 'expired'])

/** Presents a token where it is good: an identity to the authority, a capability to the depot. Whether it is over. */
export async function isOver(token: string, { url, depot }: Pick<System, 'url' | 'depot'>): Promise<boolean> {
  const { kind, resource, operation } = await inspect(token)
  const isIdentity = kind === 'identity'
  const [method, path] = WAYS.get(`${resource} ${operation}`) ?? ['POST', '/v1/capabilities']
  const response = await fetch((isIdentity ? url : depot) + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(method !== 'GET' && { body: isIdentity ? '{"target":"artifacts","operation":"read"}' : 'stolen' }),
  })
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true
  const { code } = isProblem ? ((await response.json()) as { readonly code: string }) : { code: '' }
  if (!isProblem) await response.body?.cancel()
  return OVER.has(code)
}
