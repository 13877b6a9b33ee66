import type { Client, ClientOptions } from './client.ts'
import { ClientError } from './client-error.ts'
import { createAskAsIdentity } from './internal/authority/ask-as-identity.ts'
import { createAskAuthority } from './internal/authority/ask-authority.ts'
import { callService } from './internal/call/call-service.ts'
import { readCall } from './internal/call/read-call.ts'
import { addExposure, openContext } from './internal/context/contexts.ts'
import { endIdentity, readEndRequest } from './internal/identity/end-identity.ts'
import { createIdentities } from './internal/identity/identities.ts'
import { IdentityKeeper } from './internal/identity/identity-keeper.ts'
import { MintBatch } from './internal/mint/mint-batch.ts'
import { MintCache } from './internal/mint/mint-cache.ts'
import { type CapabilityQuestion, keyOf, readRequest } from './internal/mint/read-request.ts'
import { readOptions } from './internal/read-options.ts'

/**
 * Creates a client of an authority: it keeps an identity, asks for capabilities, remembers them, and calls services with
 * them. Nothing is sent before it is first asked for something.
 *
 * @param options - See {@link ClientOptions}; `url`, `keys` and `identity` are required.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong. No message shows a credential.
 *
 * @example
 * ```ts
 * import { createClient } from '@writ/client'
 *
 * const client = createClient({
 *   url: 'https://authority.acme.example',
 *   keys: process.env['WRIT_PUBLIC_KEY'] ?? '',
 *   identity: { secret: process.env['WRIT_IDENTITY_SECRET'] ?? '' },
 * })
 *
 * export function invoicesOf(tenantId: string): Promise<Response> {
 *   return client.fetch(`https://billing.acme.example/${tenantId}/invoices`, {
 *     capability: { target: 'invoices', operation: 'list', anchor: 'service:billing', designations: { tenantId } },
 *   })
 * }
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const { url, keys, identity, minimumLife, maxCapabilities, services, runtime } = readOptions(options)
  const ask = createAskAuthority(url, runtime)
  const keeper = new IdentityKeeper(createIdentities(identity, ask, keys, runtime), runtime)
  const askAsIdentity = createAskAsIdentity(ask, keeper)
  const batch = new MintBatch(askAsIdentity, keeper, keys, runtime)
  const cache = new MintCache(maxCapabilities, minimumLife, runtime)
  let closed = false

  const assertOpen = () => {
    if (closed) throw new ClientError('closed')
  }
  const remembered = (question: CapabilityQuestion) => cache.get(keyOf(question), () => batch.mint(question))

  return Object.freeze({
    async capabilityFor(request) {
      const question = readRequest(request)
      assertOpen()
      // A session records what each mint exposes it to.
      if (question.context !== undefined) return (await batch.mint(question)).token
      return (await remembered(question)).capability.token
    },
    async mint(request) {
      const question = readRequest(request)
      assertOpen()
      const { token, ...minted } = await batch.mint(question)
      return { capability: token, ...minted }
    },
    async fetch(input, init) {
      const call = readCall(input, init, runtime.timeoutMs, services)
      assertOpen()
      const supply = {
        get: () => remembered(call.question),
        forget: (token: string) => cache.forget(keyOf(call.question), token),
      }
      return callService(call, supply, keys, runtime)
    },
    async openContext(opening = {}) {
      assertOpen()
      return openContext(askAsIdentity, keys, opening)
    },
    async addExposure(context, report) {
      assertOpen()
      return addExposure(askAsIdentity, keys, context, report)
    },
    as(other) {
      return createClient({ ...options, identity: other })
    },
    async identity() {
      return (await keeper.current()).token
    },
    async endIdentity(request = {}) {
      const asked = readEndRequest(request)
      assertOpen()
      return endIdentity(asked, ask, keeper)
    },
    close() {
      closed = true
      keeper.close()
      cache.clear()
    },
  } satisfies Client)
}
