import type { TestAuthority } from '@writ/testing'
import type { Bindings } from '../../src/bindings.ts'

/** What the environment says to a gateway whose orders service is at `url`: two capabilities that name no tenant, for an hour. */
export async function createBindings(authority: TestAuthority, url: string): Promise<Bindings> {
  const mint = (operation: string) =>
    authority.mint({
      subject: 'service:gateway',
      resource: 'orders',
      operation,
      anchor: 'service:orders',
      expiresIn: '1h',
    })
  return {
    WRIT_PUBLIC_KEY: authority.publicKey,
    ORDERS_URL: url,
    ORDERS_READ_TOKEN: await mint('read'),
    ORDERS_WRITE_TOKEN: await mint('write'),
    SESSION_SECRET: 'only the gateway knows this secret',
  }
}
