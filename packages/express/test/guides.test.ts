import { attenuate, createVerifier, generateKeyPair, mintCapability, revocationIds } from '@writ/core'
import express, { type Express, type Request } from 'express'
// @ts-expect-error It has no types of its own.
import session from 'express-session'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { modulesOf, runGuide, runModule } from './guide.ts'
import { serve } from './serve.ts'

const root = await generateKeyPair()

describe('the READMEs of the adapters', () => {
  it.each([
    ['express', 'invoices', 'invoiceId', 'service:billing'],
    ['fastify', 'stock', 'sku', 'service:inventory'],
    ['hono', 'invoices', 'invoiceId', 'service:gateway'],
    ['nestjs', 'orders', 'orderId', 'service:orders'],
  ])(
    'the README of %s prints a key and a token that its own example accepts',
    async (folder, resource, label, anchor) => {
      const [code = '', ...others] = modulesOf(`packages/${folder}/README.md`).filter((text) =>
        text.includes('export WRIT_'),
      )
      expect(others).toEqual([])
      const log = vi.spyOn(console, 'log').mockImplementation(() => {})
      onTestFinished(() => log.mockRestore())
      await runModule(code)
      const lines = /^export WRIT_PUBLIC_KEY=(\S+)\nexport TOKEN_FOR_ACME_7=(\S+)$/
      const [, keys = '', token = ''] = lines.exec(String(log.mock.calls[0]?.[0])) ?? []
      const verifier = createVerifier({ keys, anchor })
      const designations = { tenantId: 'acme', [label]: '7' }
      expect(await verifier.verify(token, { resource, operation: 'read', designations })).toMatchObject({
        designations,
      })
    },
  )
})

describe('the guide to key rotation', () => {
  /** What the guide exports, in a service that was started with these keys. */
  async function start(environment: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())
    const exports = Object.assign({}, ...(await runGuide('key-rotation')))
    return exports as {
      readonly verifier: ReturnType<typeof createVerifier>
      readonly narrow: (token: string) => Promise<string>
      readonly mint: () => Promise<string>
    }
  }
  const request = { resource: 'invoices', operation: 'read' }

  it('with both keys, tokens of the old key, with its id and without, and of the new one are narrowed and verified', async () => {
    const next = await generateKeyPair()
    const { verifier, narrow, mint } = await start({
      WRIT_PUBLIC_KEY_1: root.publicKey,
      WRIT_PUBLIC_KEY_2: next.publicKey,
      WRIT_PRIVATE_KEY_2: next.privateKey,
    })
    const right = { subject: 'service:webapp', ...request, anchor: 'service:billing' }
    for (const rootKeyId of [undefined, 1]) {
      const old = await narrow(await mintCapability({ ...right, rootKeyId }, root.privateKey))
      expect(await verifier.verify(old, request)).toMatchObject({ rootKeyId })
    }
    const renewed = await narrow(await mint())
    const anchored = await attenuate(renewed, next.publicKey, { anchor: 'service:billing' })
    expect(await verifier.verify(anchored, request)).toMatchObject({ rootKeyId: 2, subject: 'service:webapp' })
    const mixedUp = await mintCapability({ ...right, rootKeyId: 1 }, next.privateKey)
    await expect(narrow(mixedUp)).rejects.toMatchObject({ code: 'invalid_signature' })
    await expect(verifier.verify(mixedUp, request)).rejects.toMatchObject({ code: 'invalid_signature' })
  })
})

describe('the guide to tenant-wide tokens', () => {
  it('the token that the guide mints is good for its tenant alone, and can be narrowed to one invoice', async () => {
    const [authority, holder] = (await runGuide('tenant-wide-tokens')) as [
      { mintForTenant(tenantId: string, privateKey: string): Promise<string> },
      { forInvoice(token: string, keys: string, invoiceId: string): Promise<string> },
    ]
    const token = await authority.mintForTenant('acme', root.privateKey)
    const verifier = createVerifier({ keys: root.publicKey, anchor: 'service:billing' })
    const read = (designations: Record<string, string>) => ({ resource: 'invoices', operation: 'read', designations })
    expect(await verifier.verify(token, read({ tenantId: 'acme' }))).toMatchObject({ subject: 'job:export' })
    const other = verifier.verify(token, read({ tenantId: 'globex' }))
    await expect(other).rejects.toMatchObject({ code: 'wrong_designation', label: 'tenantId' })
    const unnamed = verifier.verify(token, read({ tenantId: 'acme', invoiceId: '7' }))
    await expect(unnamed).rejects.toMatchObject({ code: 'undesignated', label: 'invoiceId' })

    const narrow = await holder.forInvoice(token, root.publicKey, '7')
    expect(await verifier.verify(narrow, read({ tenantId: 'acme', invoiceId: '7' }))).toMatchObject({
      kind: 'capability',
    })
    const eighth = verifier.verify(narrow, read({ tenantId: 'acme', invoiceId: '8' }))
    await expect(eighth).rejects.toMatchObject({ code: 'wrong_designation', label: 'invoiceId' })
    expect(revocationIds(narrow)[0]).toBe(revocationIds(token)[0])
  })
})

describe('the guide to logged-in users', () => {
  interface User {
    readonly id: string
    readonly tenantId: string
  }
  interface Session {
    user: User | undefined
    regenerate(done: (error: unknown) => void): void
  }
  const sessionOf = (req: unknown): Session => (req as { session: Session }).session
  const users = new Map([
    ['alice', { id: 'alice', tenantId: 'acme' }],
    ['mallory', { id: 'mallory', tenantId: 'globex' }],
  ])

  /** The web application of the guide behind express-session, and billing behind it. `login` is what an OIDC callback does. */
  async function start() {
    const [webapp, service] = (await runGuide('logged-in-user')) as [
      {
        capabilityFor(user: User, privateKey: string): Promise<string>
        addInvoices(app: Express, options: object): void
      },
      { createBilling(publicKey: string): Express },
    ]
    const seen: (string | undefined)[] = []
    const behind = express()
      .use((req, _res, next) => {
        seen.push(req.headers.cookie, req.headers.authorization)
        next()
      })
      .use(service.createBilling(root.publicKey))
    const billing = await serve(behind)
    const app = express().use(session({ secret: 'test', resave: false, saveUninitialized: false }))
    app.post('/login/:name', (req, res, next) => {
      sessionOf(req).regenerate((error) => {
        if (error) return next(error)
        sessionOf(req).user = users.get(req.params.name)
        res.end()
      })
    })
    webapp.addInvoices(app, {
      findUser: (req: Request) => sessionOf(req).user,
      findCapability: (user: User) => webapp.capabilityFor(user, root.privateKey),
      keys: root.publicKey,
      billingUrl: `http://127.0.0.1:${billing.port}`,
    })
    const { send } = await serve(app)
    const login = async (name: string) => {
      const { headers } = await send(`/login/${name}`, { method: 'POST' })
      const [cookie = ''] = String(headers['set-cookie']).split(';')
      return { headers: { cookie } }
    }
    return { send, login, billing, seen }
  }

  it('billing gets a token for the user and the tenant of the session, and never the cookie', async () => {
    const { send, login, seen } = await start()
    const answer = await send('/invoices/7', await login('alice'))
    expect(JSON.parse(answer.text)).toEqual({ invoice: '7', tenant: 'acme', readBy: 'user:alice' })
    expect(answer.headers).not.toHaveProperty('authorization')
    expect(seen).toEqual([undefined, expect.stringMatching(/^Bearer \S+$/)])
  })

  it('who is not logged in gets a 401, and billing is not asked', async () => {
    const { send, seen } = await start()
    for (const headers of [{}, { cookie: 'connect.sid=s%3Aforged.forged' }]) {
      expect((await send('/invoices/7', { headers })).status).toBe(401)
    }
    expect(seen).toEqual([])
  })

  it('the token of one request is good for no other tenant and no other invoice', async () => {
    const { send, login, billing, seen } = await start()
    await send('/invoices/7', await login('mallory'))
    const headers = { authorization: String(seen[1]) }
    const statuses: number[] = []
    for (const path of ['/globex/invoices/7', '/globex/invoices/8', '/acme/invoices/7'])
      statuses.push((await billing.send(path, { headers })).status)
    expect(statuses).toEqual([200, 403, 403])
  })

  it('an invoice number that looks like a path designates one invoice of the own tenant', async () => {
    const { send, login } = await start()
    const { text } = await send('/invoices/..%2F..%2Facme%2Finvoices%2F7', await login('mallory'))
    expect(JSON.parse(text)).toEqual({ invoice: '../../acme/invoices/7', tenant: 'globex', readBy: 'user:mallory' })
  })
})
