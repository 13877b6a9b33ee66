import { type CallCapability, type Client, createClient } from '@writ/client'
import { readIdentity } from '@writ/pipeline'

/** A job, as its own process sees it: it has its identity, and asks the authority for what it needs. */
export interface OpenJob {
  readonly client: Client
  readonly identity: string
  /** The artifact that this pipeline builds. */
  readonly artifact: string
  /** Asks the depot for something, with a capability for that. Rejects unless the answer is a success. */
  ask(method: string, path: string, capability: CallCapability, body?: string): Promise<string>
}

export function openJob(): OpenJob {
  const identity = readIdentity()
  const {
    WRIT_AUTHORITY_URL: url = '',
    WRIT_PUBLIC_KEY: keys = '',
    DEPOT_URL: depot = '',
    ARTIFACT: artifact = '',
  } = process.env
  const client = createClient({ url, keys, identity: () => identity, timeout: '5s' })
  return {
    client,
    identity,
    artifact,
    async ask(method, path, capability, body) {
      const response = await client.fetch(new URL(path, depot), { method, body: body ?? null, capability })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
      return response.text()
    },
  }
}
