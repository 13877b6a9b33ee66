import { generateKeyPair, type MintCapabilityOptions, mintCapability } from '@writ/core'
import {
  compileRequirement,
  createGuardEngine,
  type HttpGuardOptions,
  type RequestView,
  type Requirement,
} from '../src/index.ts'

export const ANCHOR = 'service:billing'
export const NOW = 1_800_000_000
const keys = await generateKeyPair()
export const publicKey: string = keys.publicKey

/** A token that is good for a read of invoice 7 of acme, but for what is said otherwise. */
export function token(options: Partial<MintCapabilityOptions> = {}): Promise<string> {
  const designations = { tenantId: 'acme', invoiceId: '7' }
  const good = {
    subject: 'alice',
    resource: 'invoices',
    operation: 'read',
    designations,
    anchor: ANCHOR,
    now: () => NOW,
  }
  return mintCapability({ ...good, ...options }, keys.privateKey)
}

/** A request of invoice 7 of acme, but for what is said otherwise; `authorization` holds the values of that header. */
export function view(options: Partial<RequestView> & { readonly authorization?: readonly string[] } = {}): RequestView {
  const { authorization = [], ...others } = options
  return {
    method: 'GET',
    path: '/acme/invoices/7',
    params: { tenantId: 'acme', invoiceId: '7' },
    query: new URLSearchParams(),
    header: (name) => (name === 'authorization' ? authorization : []),
    ip: '127.0.0.1',
    ...others,
  }
}

export const invoice: Requirement<object> = { resource: 'invoices', designate: ['tenantId', 'invoiceId'] }

/** A guard that trusts the authority of these tests; returns what it decides about one request. */
export function guardWith(options: Partial<HttpGuardOptions<object>> = {}) {
  const guard = createGuardEngine<object>({ keys: publicKey, anchor: ANCHOR, now: () => NOW, ...options })
  return (request: RequestView, ...requirements: Requirement<object>[]) => {
    const [first = compileRequirement(invoice), ...others] = requirements.map((one) => compileRequirement<object>(one))
    return guard.decide([first, ...others], request, {})
  }
}

/** The refusal of a request, or `undefined` when it passes. */
export async function refusalFrom(outcome: ReturnType<ReturnType<typeof guardWith>>) {
  const decided = await outcome
  return decided.allowed ? undefined : decided.refusal
}
