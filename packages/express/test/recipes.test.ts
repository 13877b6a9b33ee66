import { createHash } from 'node:crypto'
import { attenuate, generateKeyPair, mintCapability, type UseLedger } from '@writ/core'
import type { Express } from 'express'
import { describe, expect, it } from 'vitest'
import { runGuide } from './guide.ts'
import { codeOf, serve } from './serve.ts'

const root = await generateKeyPair()

describe('the guide to uploads', () => {
  async function start() {
    const [webapp, files] = (await runGuide('uploads')) as unknown as [
      { uses: UseLedger; permitUpload(tenant: string, id: string, max: number, key: string): Promise<Permit> },
      { createFiles(publicKey: string, uses: UseLedger): Express },
    ]
    const { send } = await serve(files.createFiles(root.publicKey, webapp.uses))
    return { send, permit: (max: number) => webapp.permitUpload('acme', 'u-1', max, root.privateKey) }
  }
  interface Permit {
    readonly url: string
    readonly headers: Record<string, string>
  }

  it('a permission is good for one upload, once, of no more than its size', async () => {
    const { send, permit } = await start()
    const { url, headers } = await permit(10)
    const put = (path: string, body: string) => send(path, { method: 'PUT', headers, body })
    expect(codeOf(await put(url.replace('acme', 'globex'), 'x'))).toBe('wrong_designation')
    expect(codeOf(await put(url.replace('u-1', 'u-2'), 'x'))).toBe('wrong_designation')
    expect(codeOf(await put(url.replace('=10', '=9999'), 'x'))).toBe('wrong_designation')
    expect(JSON.parse((await put(url, '0123456789')).text)).toEqual({ bytes: 10 })
    expect(codeOf(await put(url, '0123456789'))).toBe('already_used')
  })

  it('a body that is larger than the permission is not read', async () => {
    const { send, permit } = await start()
    const { url, headers } = await permit(10)
    expect((await send(url, { method: 'PUT', headers, body: 'x'.repeat(11) })).status).toBe(413)
  })
})

describe('the guide to webhooks', () => {
  it('a delivery is good for its tenant and its body alone', async () => {
    const [receiver, sender] = (await runGuide('webhooks')) as unknown as [
      { createReceiver(publicKey: string, received: (event: unknown) => void): Express },
      { deliver(url: string, token: string, publicKey: string, event: object): Promise<number> },
    ]
    const events: unknown[] = []
    const { send, port } = await serve(receiver.createReceiver(root.publicKey, (event) => void events.push(event)))
    const token = await mintCapability(
      {
        subject: 'partner:globex',
        resource: 'webhooks',
        operation: 'deliver',
        anchor: 'https://shop.example',
        designations: { tenantId: 'acme' },
      },
      root.privateKey,
    )
    const url = `http://127.0.0.1:${port}/webhooks`
    expect(await sender.deliver(`${url}/acme`, token, root.publicKey, { paid: 7 })).toBe(202)
    expect(await sender.deliver(`${url}/globex`, token, root.publicKey, { paid: 7 })).toBe(403)
    expect(events).toEqual([{ paid: 7 }])

    const bodyHash = createHash('sha256').update('{"paid":7}').digest('hex')
    const heard = await attenuate(token, root.publicKey, { designations: { bodyHash } })
    const headers = { authorization: `Bearer ${heard}`, 'content-type': 'application/json' }
    const changed = await send('/webhooks/acme', { method: 'POST', headers, body: '{"paid":8}' })
    expect([changed.status, codeOf(changed)]).toEqual([403, 'wrong_designation'])
    const broad = { ...headers, authorization: `Bearer ${token}` }
    expect(codeOf(await send('/webhooks/acme', { method: 'POST', headers: broad, body: '{"paid":8}' }))).toBe(
      'undesignated',
    )
    expect(events).toHaveLength(1)
  })
})

describe('the guide to tRPC', () => {
  it('a procedure answers for the tenant of its token alone', async () => {
    const [api] = (await runGuide('graphql-and-trpc')) as unknown as [
      {
        createRouter(publicKey: string): {
          createCaller(context: object): { invoices(input: unknown): Promise<unknown> }
        }
      },
    ]
    const router = api.createRouter(root.publicKey)
    const right = { subject: 'service:webapp', resource: 'invoices', operation: 'read', anchor: 'service:billing' }
    const token = await mintCapability({ ...right, designations: { tenantId: 'acme' } }, root.privateKey)
    const caller = router.createCaller({ token })
    expect(await caller.invoices({ tenantId: 'acme' })).toEqual({ tenant: 'acme', readBy: 'service:webapp' })
    await expect(caller.invoices({ tenantId: 'globex' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'wrong_designation',
    })
    await expect(caller.invoices({})).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    const stranger = router.createCaller({ token: undefined })
    await expect(stranger.invoices({ tenantId: 'acme' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })
})
