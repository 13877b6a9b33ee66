import { attenuate } from '@writ/core/hold'

interface Bindings {
  readonly WRIT_PUBLIC_KEY: string
  readonly BILLING: { fetch(url: string, init: RequestInit): Promise<Response> }
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? ''
    const narrow = await attenuate(token, env.WRIT_PUBLIC_KEY, { anchor: 'service:billing', expiresIn: '10s' })
    return env.BILLING.fetch('https://billing/', { headers: { authorization: `Bearer ${narrow}` } })
  },
}
