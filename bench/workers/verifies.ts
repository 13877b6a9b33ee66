import { createVerifier } from '@writ/core/verify'

interface Bindings {
  readonly WRIT_PUBLIC_KEY: string
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const verifier = createVerifier({ keys: env.WRIT_PUBLIC_KEY, anchor: 'service:billing' })
    const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? ''
    const { subject } = await verifier.verify(token, { resource: 'invoices', operation: 'read' })
    return Response.json({ readBy: subject })
  },
}
