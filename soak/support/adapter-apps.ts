// The same small service on each adapter, as a user would write it. All imports are of the built packages.
import 'reflect-metadata'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Body, Controller, Get, HttpCode, Module, Param, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import * as expressWrit from '@writ/express'
import { writ as fastifyWrit } from '@writ/fastify'
import * as honoWrit from '@writ/hono'
import type { HttpGuardOptions } from '@writ/http'
import { Capability, Public, RequireCapability, type VerifiedCapability, WritModule } from '@writ/nestjs'
import express, { type ErrorRequestHandler } from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'

/** What differs between runs; `lookUp` finds the invoice of `/:tenantId/looked-up/:invoiceId`. */
export interface Service {
  readonly options: HttpGuardOptions
  lookUp(invoiceId: string | undefined): Promise<string | undefined>
}

/** Starts the service on a free port of the loopback interface, and returns its URL. */
export const ADAPTERS = {
  express: serveByExpress,
  fastify: serveByFastify,
  hono: serveByHono,
  nestjs: serveByNest,
} satisfies Record<string, (service: Service) => Promise<string>>

export type AdapterName = keyof typeof ADAPTERS

/** The requirements of the routes that ask for a token. */
const requirementsOf = ({ lookUp }: Service) => ({
  invoice: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] },
  lookedUp: {
    resource: 'invoices',
    designate: {
      tenantId: 'tenantId',
      invoiceId: (request: { readonly params: Readonly<Record<string, string | undefined>> }) =>
        lookUp(request.params['invoiceId']),
    },
  },
  account: { resource: 'accounts', designate: { accountId: { body: 'accountId' } } },
})

async function serveByExpress(service: Service): Promise<string> {
  const { invoice, lookedUp, account } = requirementsOf(service)
  const guard = expressWrit.writ(service.options)
  const app = express()
  app.use(express.json())
  app.get('/healthz', guard.public(), (_req, res) => void res.json({ ok: true }))
  for (const path of ['/:tenantId/invoices/:invoiceId', '/:tenantId/slow/:invoiceId']) {
    app.get(path, guard(invoice), (req, res) => void res.json({ readBy: expressWrit.capability(req).subject }))
  }
  app.get('/:tenantId/looked-up/:invoiceId', guard(lookedUp), (_req, res) => void res.json({ ok: true }))
  app.post('/accounts', guard(account), (req, res) => void res.json(req.body))
  expressWrit.assertGuarded(app)
  // Bodies that are no JSON, or that end too early.
  app.use(((error, _req, res, _next) => void res.status(error.status ?? 500).end()) satisfies ErrorRequestHandler)
  return listening(app.listen(0, '127.0.0.1'))
}

async function serveByFastify(service: Service): Promise<string> {
  const { invoice, lookedUp, account } = requirementsOf(service)
  const app = fastify()
  app.register(fastifyWrit, service.options)
  app.get('/healthz', { config: { capability: 'public' } }, async () => ({ ok: true }))
  for (const path of ['/:tenantId/invoices/:invoiceId', '/:tenantId/slow/:invoiceId']) {
    app.get(path, { config: { capability: invoice } }, async ({ capability }) => ({ readBy: capability.subject }))
  }
  app.get('/:tenantId/looked-up/:invoiceId', { config: { capability: lookedUp } }, async () => ({ ok: true }))
  app.post('/accounts', { config: { capability: account } }, async ({ body }) => body)
  return app.listen({ port: 0, host: '127.0.0.1' })
}

async function serveByHono(service: Service): Promise<string> {
  const { invoice, lookedUp, account } = requirementsOf(service)
  const guard = honoWrit.writ(service.options)
  const app = new Hono()
  app.get('/healthz', guard.public(), (c) => c.json({ ok: true }))
  for (const path of ['/:tenantId/invoices/:invoiceId', '/:tenantId/slow/:invoiceId']) {
    app.get(path, guard(invoice), (c) => c.json({ readBy: honoWrit.capability(c).subject }))
  }
  app.get('/:tenantId/looked-up/:invoiceId', guard(lookedUp), (c) => c.json({ ok: true }))
  app.post('/accounts', guard(account), async (c) => c.json(await c.req.json()))
  honoWrit.assertGuarded(app)
  return listening(createAdaptorServer({ fetch: app.fetch }).listen(0, '127.0.0.1') as Server)
}

async function serveByNest(service: Service): Promise<string> {
  const { invoice, lookedUp, account } = requirementsOf(service)
  class Invoices {
    health() {
      return { ok: true }
    }
    read(capability: VerifiedCapability) {
      return { readBy: capability.subject }
    }
    lookUp(invoiceId: string) {
      return { invoiceId }
    }
    open(body: object) {
      return body
    }
  }
  // By hand, since Node strips types and nothing else.
  const decorate = (method: keyof Invoices, ...decorators: readonly MethodDecorator[]) => {
    const descriptor = Object.getOwnPropertyDescriptor(Invoices.prototype, method) as PropertyDescriptor
    for (const decorator of decorators) decorator(Invoices.prototype, method, descriptor)
  }
  decorate('health', Get('healthz'), Public())
  decorate('read', Get([':tenantId/invoices/:invoiceId', ':tenantId/slow/:invoiceId']), RequireCapability(invoice))
  decorate('lookUp', Get(':tenantId/looked-up/:invoiceId'), RequireCapability(lookedUp))
  decorate('open', Post('accounts'), HttpCode(200), RequireCapability(account))
  Capability()(Invoices.prototype, 'read', 0)
  Param('invoiceId')(Invoices.prototype, 'lookUp', 0)
  Body()(Invoices.prototype, 'open', 0)
  Controller()(Invoices)
  class App {}
  Module({ imports: [WritModule.forRoot(service.options)], controllers: [Invoices] })(App)
  const app = await NestFactory.create(App, { logger: false })
  await app.listen(0, '127.0.0.1')
  return listening(app.getHttpServer())
}

async function listening(server: Server): Promise<string> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
