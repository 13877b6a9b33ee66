import { Controller, Get, type INestApplication, Module, type Type } from '@nestjs/common'
import { defineSchema } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { RequireAnyCapability, RequireCapability, WritModule } from '../src/index.ts'
import { type Platform, platforms, start } from './nest-target.ts'

const schema = defineSchema({ invoices: { operations: { list: { required: ['tenantId'] } } } })
const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'invoices', operation: 'list', designations: { tenantId: 'acme' } })

@Controller(':tenantId/invoices')
@RequireCapability({ resource: 'invoices', designate: ['tenantId'] })
class Fitting {
  @Get()
  @RequireCapability({ operation: 'list' })
  list() {
    return 'ok'
  }
}

@Controller(':tenantId/invoices')
@RequireCapability({ resource: 'invoices' })
class Forgetful {
  @Get()
  @RequireCapability({ operation: 'list' })
  list() {
    return 'ok'
  }
}

@Controller(':tenantId/invoices')
class Mistaken {
  @Get()
  @RequireAnyCapability([
    { resource: 'invoices', operation: 'list', designate: ['tenantId'] },
    { resource: 'invoicez', operation: 'list' },
  ])
  list() {
    return 'ok'
  }
}

let app: INestApplication | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

async function serve(platform: Platform, controller: Type, checkRoutes = true): Promise<void> {
  const options = { keys: authority.publicKey, anchor: null, now: authority.now, log: false, schema, checkRoutes }
  @Module({ controllers: [controller], imports: [WritModule.forRoot(options)] })
  class AppModule {}
  app = await start(platform, AppModule)
}

async function statusOf(): Promise<number> {
  const url = await app?.getUrl()
  return (await fetch(`${url}/acme/invoices`, { headers: authority.headersFor(token) })).status
}

describe.each(platforms)('on %s', (platform) => {
  it('an app of Nest with a schema starts with decorators that fit it, class and method together', async () => {
    await serve(platform, Fitting)
    expect(await statusOf()).toBe(200)
  })

  it('an app of Nest does not start with a decorator that does not fit its schema', async () => {
    await expect(serve(platform, Forgetful)).rejects.toThrow('Forgetful.list: designate.tenantId: is missing')
    await expect(serve(platform, Mistaken)).rejects.toThrow('Mistaken.list: resource: the schema has no "invoicez"')
  })

  it('a handler of Nest that does not fit the schema is refused where nothing checks it at start', async () => {
    await serve(platform, Forgetful, false)
    expect(await statusOf()).toBe(500)
  })
})
