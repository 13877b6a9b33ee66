import { mintCapability } from '@writ/core'

interface Bindings {
  readonly WRIT_PRIVATE_KEY: string
}

export default {
  async fetch(_request: Request, env: Bindings): Promise<Response> {
    const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
    return new Response(await mintCapability(right, env.WRIT_PRIVATE_KEY))
  },
}
