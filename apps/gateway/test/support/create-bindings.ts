import type { RunningAuthority } from 'policy/testing'
import type { Bindings } from '../../src/bindings.ts'

/** What the environment says to one gateway whose orders service is at `url`: its secret is good once. */
export async function createBindings(issuer: RunningAuthority, url: string): Promise<Bindings> {
  return {
    WRIT_AUTHORITY_URL: issuer.url,
    WRIT_PUBLIC_KEY: issuer.publicKey,
    WRIT_SECRET: await issuer.enrol('service:gateway'),
    ORDERS_URL: url,
    SESSION_SECRET: 'only the gateway knows this secret',
  }
}
