/** The frameworks for which `writ init` prints a service. */
export const FRAMEWORKS = ['express', 'fastify', 'hono', 'nest'] as const

/** One of them. */
export type Framework = (typeof FRAMEWORKS)[number]

/** What to install beside `@writ/core`. */
export const PACKAGES: Readonly<Record<Framework, string>> = {
  express: '@writ/express express',
  fastify: '@writ/fastify fastify',
  hono: '@writ/hono hono @hono/node-server',
  nest: '@writ/nestjs @nestjs/common @nestjs/core @nestjs/platform-express reflect-metadata rxjs tsx',
}

/** The file to paste the code into, and how it is run. */
export const RUN: Readonly<Record<Framework, { readonly file: string; readonly command: string }>> = {
  express: { file: 'service.mjs', command: 'node --env-file=.env service.mjs' },
  fastify: { file: 'service.mjs', command: 'node --env-file=.env service.mjs' },
  hono: { file: 'service.mjs', command: 'node --env-file=.env service.mjs' },
  nest: { file: 'service.mts', command: 'npx tsx --env-file=.env service.mts' },
}

const CODE: Readonly<Record<Framework, string>> = {
  express: `import { assertGuarded, capability, writ } from '@writ/express'
import express from 'express'

const app = express()
const guard = writ({ keys: process.env.WRIT_PUBLIC_KEY, anchor: 'NAME' })
app.get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), (req, res) => {
  res.json({ readBy: capability(req).subject })
})
assertGuarded(app)
app.listen(3000)`,
  fastify: `import { writ } from '@writ/fastify'
import fastify from 'fastify'

const app = fastify()
await app.register(writ, { keys: process.env.WRIT_PUBLIC_KEY, anchor: 'NAME' })
const capability = { resource: 'invoices', designate: ['tenantId'] }
app.get('/:tenantId/invoices', { config: { capability } }, async (request) => ({
  readBy: request.capability.subject,
}))
await app.listen({ port: 3000 })`,
  hono: `import { serve } from '@hono/node-server'
import { assertGuarded, capability, writ } from '@writ/hono'
import { Hono } from 'hono'

const guard = writ({ keys: process.env.WRIT_PUBLIC_KEY, anchor: 'NAME' })
const app = new Hono()
app.get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), (c) =>
  c.json({ readBy: capability(c).subject }),
)
assertGuarded(app)
serve({ fetch: app.fetch, port: 3000 })`,
  nest: `import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Capability, RequireCapability, type VerifiedCapability, WritModule } from '@writ/nestjs'

@Controller(':tenantId/invoices')
class InvoicesController {
  @Get()
  @RequireCapability({ resource: 'invoices', designate: ['tenantId'] })
  list(@Capability() capability: VerifiedCapability) {
    return { readBy: capability.subject }
  }
}

@Module({
  imports: [WritModule.forRoot({ keys: process.env.WRIT_PUBLIC_KEY, anchor: 'NAME' })],
  controllers: [InvoicesController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] })
await app.listen(3000)`,
}

/** A guarded service to paste into a file. The name was checked: it stands in the code as it is. */
export function serviceCode(framework: Framework, service: string): string {
  return CODE[framework].replace('NAME', service)
}
