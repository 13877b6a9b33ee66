// Requests that an adapter gets in turn: good ones, wrong ones, and what somebody hostile would send.
import { generateKeyPair, type MintCapabilityOptions, mintCapability, revocationIds } from '@writ/core'
import { checkIf, fact, pred, variable } from '../../packages/core/test/support/forge/datalog.ts'
import { appendBlock } from '../../packages/core/test/support/forge/forge.ts'

export const ANCHOR = 'service:billing'

/** One request, and the status that it must get; `refused` is any of 400 to 499. */
export interface Sent {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly answer: number | 'refused'
}

/** Makes the request number `index` of a run. No two are alike, so whatever is kept for each of them shows. */
export type RequestMaker = (index: number) => Sent

export interface Requests {
  readonly kinds: readonly RequestMaker[]
  readonly publicKey: string
  /** Revocation ids. */
  readonly revoked: readonly string[]
  /** Reads invoice 7 of acme. */
  readonly reading: string
  /** Writes to account a1. */
  readonly writing: string
}

/** Makes the requests of a run of so many, with as many valid tokens as `distinct` says, which are used up one after the other. */
export async function createRequests(total: number, distinct: number): Promise<Requests> {
  const { publicKey, privateKey } = await generateKeyPair()
  const mallory = await generateKeyPair()
  const right = { subject: 'alice', resource: 'invoices', operation: 'read', anchor: ANCHOR, expiresIn: '1d' } as const
  const invoice = (tenantId: string) => ({ designations: { tenantId, invoiceId: '7' } })
  const mint = (options: Partial<MintCapabilityOptions>, key = privateKey) =>
    mintCapability({ ...right, ...options }, key)

  const valid: string[] = []
  for (let index = 0; index < distinct; index++) valid.push(await mint(invoice(`tenant-${index}`)))
  const reading = await mint(invoice('acme'))
  const writing = await mint({ resource: 'accounts', operation: 'write', designations: { accountId: 'a1' } })
  const revoked = await mint(invoice('acme'))
  const undesignated = await mint({ designations: { tenantId: 'acme' } })
  const elsewhere = await mint({ ...invoice('acme'), anchor: 'service:shipping' })
  const foreign = await mint(invoice('acme'), mallory.privateKey)
  const expired = await mint({ ...invoice('acme'), now: () => 1_000_000_000 })
  const heavy = appendBlock(reading, {
    facts: Array.from({ length: 60 }, (_, index) => fact('f', index)),
    checks: [checkIf(...['a', 'b', 'c', 'd'].map((name) => pred('f', variable(name))))],
  })
  let long = reading
  for (let blocks = 1; blocks < 33; blocks++) long = appendBlock(long, { facts: [fact('f', blocks)] })

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const get = (path: string, token: string, answer: Sent['answer'], others = {}): Sent => ({
    path,
    headers: { ...bearer(token), ...others },
    answer,
  })
  const post = (body: string, token: string, answer: Sent['answer']): Sent => ({
    method: 'POST',
    path: '/accounts',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body,
    answer,
  })
  /** As valid as before, to whoever looks only at its form. */
  const forged = (index: number) => {
    const mark = index.toString(36).padStart(8, 'x')
    return reading.slice(0, 60 + (index % 100)) + mark + reading.slice(68 + (index % 100))
  }
  const own = (index: number) => Math.min(distinct - 1, Math.floor((index * distinct) / total))

  const kinds: RequestMaker[] = [
    // Good ones.
    (index) => get(`/tenant-${own(index)}/invoices/7?page=${index}`, valid[own(index)] as string, 200),
    (index) => get(`/acme/invoices/7?page=${index}`, reading, 200),
    (index) => post(JSON.stringify({ accountId: 'a1', index }), writing, 200),
    (index) => ({ path: `/healthz?${index}`, answer: 200 }),
    // Wrong ones.
    (index) => ({ path: `/acme/invoices/${index}`, answer: 401 }),
    (index) => get(`/acme/invoices/${index}`, reading, 403),
    (index) => get(`/globex-${index}/invoices/7`, reading, 403),
    (index) => post(JSON.stringify({ accountId: `b${index}` }), writing, 403),
    (index) => post(JSON.stringify({ index }), writing, 400),
    (index) => get(`/acme/invoices/7?${index}`, writing, 403),
    (index) => get(`/acme/invoices/7?${index}`, revoked, 403),
    (index) => get(`/acme/invoices/7?${index}`, undesignated, 403),
    (index) => get(`/acme/invoices/7?${index}`, elsewhere, 403),
    (index) => get(`/acme/invoices/7?${index}`, expired, 403),
    (index) => get(`/nowhere/${index}`, reading, 404),
    // Hostile ones.
    (index) => get(`/acme/invoices/7?${index}`, foreign, 403),
    (index) => get('/acme/invoices/7', forged(index), 403),
    (index) => get('/acme/invoices/7', reading.slice(0, 20 + (index % 100)), 403),
    (index) => get('/acme/invoices/7', `${index}`.repeat(12_000 / `${index}`.length), 403),
    (index) => get(`/acme/invoices/7?${index}`, heavy, 403),
    (index) => get(`/acme/invoices/7?${index}`, long, 403),
    (index) => get(`/constructor/invoices/__proto__?${index}`, reading, 403),
    (index) => get(`/acme/invoices/%zz${index}`, reading, 'refused'),
    (index) => post(`{"__proto__":{"accountId":"a1"},"index":${index}}`, writing, 'refused'),
    (index) => post(`{"accountId":"a1","index":${index}`, writing, 'refused'),
    (index) => get(`/acme/invoices/7?${index}`, reading, 'refused', { Authorization: 'Bearer x' }),
  ]
  return { kinds, publicKey, revoked: revocationIds(revoked), reading, writing }
}
