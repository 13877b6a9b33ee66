import { revocationIds } from '@writ/core'
import { createTestAuthority, type TestAuthority, type TestCapabilityOptions } from '../create-test-authority.ts'
import type { AnsweredCode } from './answers.ts'
import type { RawRequest } from './raw-request.ts'

/** One request of a hammer, and its expected outcome. */
export interface PlannedRequest {
  readonly request: RawRequest
  /** The code of the refusal. `undefined`: the request passes. */
  readonly code: AnsweredCode | undefined
  /** The subject of its token. */
  readonly subject: string
  /** Whether `onDecision` fails. */
  readonly fails: boolean
  /** A connection of its own, one shared with requests at the same time, or one that the client gives up. */
  readonly connection: 'own' | 'shared' | 'aborted'
}

/** A token, and the outcome of a request for the object that it names. */
interface Credential {
  readonly headers: readonly (readonly [string, string])[]
  readonly code: AnsweredCode | undefined
  readonly tenantId?: string
  readonly subject: string
}

const TENANTS = ['acme', 'globex']
const JSON_TYPE = ['Content-Type', 'application/json'] as const

/** Plans `count` requests; the path of each ends with its index. `revoke` is called with each id to be revoked. */
export async function planRequests(
  authority: TestAuthority,
  anchor: string,
  count: number,
  random: () => number,
  revoke: (id: string) => void,
): Promise<readonly PlannedRequest[]> {
  const credentials = await mintCredentials(authority, anchor, revoke)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  return Array.from({ length: count }, (_, index): PlannedRequest => {
    const credential = pick(credentials)
    // Each token is wrong in one respect only, so that there is one right answer.
    const own = credential.code !== undefined || random() < 0.7
    const tenantId = own && credential.tenantId ? credential.tenantId : pick(TENANTS)
    const fails = random() < 0.1
    const wrong = credential.tenantId === tenantId ? undefined : 'wrong_designation'
    const code = credential.code ?? wrong
    const kind = pick(['invoices', 'streams', 'accounts', 'invoices'] as const)
    return {
      request: requestTo(kind, tenantId, index, credential.headers),
      code: fails ? 'unavailable' : code,
      subject: credential.subject,
      fails,
      // A server may close the connection if it has not read the body.
      connection: pick([
        'own',
        kind === 'accounts' ? 'own' : 'shared',
        kind === 'accounts' ? 'own' : 'shared',
        'aborted',
      ] as const),
    }
  })
}

function requestTo(kind: string, tenantId: string, index: number, headers: Credential['headers']): RawRequest {
  if (kind !== 'accounts') return { path: `/${tenantId}/${kind}/${index}`, headers }
  const body = JSON.stringify({ tenantId, padding: 'x'.repeat(index % 3000) })
  return { method: 'POST', path: `/accounts/${index}`, headers: [...headers, JSON_TYPE], body }
}

async function mintCredentials(
  authority: TestAuthority,
  anchor: string,
  revoke: (id: string) => void,
): Promise<readonly Credential[]> {
  const mallory = await createTestAuthority({ now: authority.now() })
  const right = { resource: 'invoices', operation: 'read', anchor } as const
  const good = async (
    tenantId: string,
    subject: string,
    more: Partial<TestCapabilityOptions> = {},
    by = authority,
  ) => ({
    token: await by.mint({ ...right, subject, designations: { tenantId }, ...more }),
    tenantId,
    subject,
    code: undefined,
  })
  const revoked = await good('acme', 'revoked')
  revoke(revocationIds(revoked.token)[0] ?? '')
  const expired = await good('acme', 'expired', { expiresIn: 1 })
  authority.advance(1)
  const tokens: (Omit<Credential, 'headers'> & { readonly token: string })[] = [
    await good('acme', 'alice'),
    await good('acme', 'bob'),
    await good('globex', 'carol'),
    await good('globex', 'dave'),
    { ...revoked, code: 'revoked' },
    { ...expired, code: 'expired' },
    { ...(await good('acme', 'mallory', {}, mallory)), code: 'invalid_signature' },
    { ...(await good('acme', 'writer', { operation: 'write' })), code: 'wrong_operation' },
    { ...(await good('acme', 'elsewhere', { anchor: 'service:orders' })), code: 'wrong_anchor' },
    { token: 'nonsense', subject: '', code: 'malformed_token' },
  ]
  return [
    ...tokens.map(({ token, ...rest }) => ({ ...rest, headers: [['Authorization', `Bearer ${token}`] as const] })),
    { headers: [], subject: '', code: 'missing_token' },
  ]
}
