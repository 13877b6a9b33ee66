import { createClient, remoteKeys, remoteRevocations } from '@writ/client'
import { type CapabilityError, createVerifier, revocationIds } from '@writ/core'
import { type Case, refused } from './support.ts'

/** An authority that runs elsewhere, and what a run of the cases may use of it: each secret is good once. */
export interface AuthoritySettings {
  readonly url: string
  readonly publicKey: string
  readonly ordersSecret: string
  readonly adminSecret: string
  /** Whether the platform lets something run between requests. */
  readonly background: boolean
}

const RESERVE = { target: 'stock', operation: 'reserve', anchor: 'service:inventory' }
const REQUEST = {
  resource: 'stock',
  operation: 'reserve',
  designations: { tenantId: 'acme', orderId: 'o-1', sku: 'tea' },
}
/** A revocation is known everywhere by then. */
const KNOWN_MS = 5000

/** What @writ/client does for those who call and for those who verify. Nothing is left running after the last case. */
export function clientCases({ url, publicKey, ordersSecret, adminSecret, background }: AuthoritySettings): Case[] {
  const client = (secret: string) => createClient({ url, keys: publicKey, identity: { secret } })
  const keys = remoteKeys(url, { pinned: publicKey, background })
  const revocation = remoteRevocations(url, { keys, background })
  const verifier = createVerifier({ keys, revocation, anchor: 'service:inventory' })
  const [orders, admin] = [client(ordersSecret), client(adminSecret)]
  let token = ''
  const codeOf = (presented: string) =>
    verifier.verify(presented, REQUEST).then(
      () => 'allowed',
      ({ code }: CapabilityError) => code,
    )

  return [
    {
      name: 'a client enrols, and gets a capability that is remembered',
      async run() {
        token = await orders.capabilityFor(RESERVE)
        if ((await orders.capabilityFor(RESERVE)) !== token) throw new Error('it was minted twice')
      },
    },
    {
      name: 'a verifier with the keys of the authority refuses what names no object',
      async run() {
        await Promise.all([keys.ready(), revocation.ready()])
        await refused(verifier.verify(token, REQUEST), 'undesignated')
      },
    },
    {
      name: 'a revoked capability is refused',
      async run() {
        const response = await admin.fetch(`${url}/v1/revocations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ revocationId: revocationIds(token)[0] }),
          capability: { target: 'authority.revocations', operation: 'write' },
        })
        if (response.status !== 200) throw new Error(`the authority answered ${response.status}`)
        if (!background) await revocation.refresh()
        const start = Date.now()
        while ((await codeOf(token)) !== 'revoked' && Date.now() - start < KNOWN_MS) {
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        await refused(verifier.verify(token, REQUEST), 'revoked')
      },
    },
    {
      name: 'what is closed asks no more',
      async run() {
        for (const one of [orders, admin]) one.close()
        await Promise.all([keys.close(), revocation.close()])
        const said = await orders.capabilityFor(RESERVE).catch((error: { readonly code: string }) => error)
        if (typeof said === 'string' || said.code !== 'closed') throw new Error('the client goes on')
      },
    },
  ]
}
