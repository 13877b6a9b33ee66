import type { INestApplication } from '@nestjs/common'
import { Test, type TestingModuleBuilder } from '@nestjs/testing'
import { CapabilityGuard, WRIT_TEST_OPTIONS } from '@writ/nestjs'
import { createTestAuthority } from '@writ/testing'
import { AppModule } from './app.module'

let app: INestApplication | undefined
afterEach(async () => app?.close())

async function serve(override: (builder: TestingModuleBuilder) => TestingModuleBuilder): Promise<void> {
  const module = await override(Test.createTestingModule({ imports: [AppModule] })).compile()
  app = module.createNestApplication({ logger: false })
  await app.listen(0, '127.0.0.1')
}

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${await app?.getUrl()}${path}`, { headers })
  return { status: response.status, body: await response.text() }
}

it('lets a token for this order in, and no other', async () => {
  const authority = await createTestAuthority()
  await serve((builder) =>
    builder.overrideProvider(WRIT_TEST_OPTIONS).useValue({ keys: authority.publicKey, now: authority.now }),
  )
  const token = await authority.mint({
    resource: 'orders',
    operation: 'read',
    designations: { tenantId: 'acme', orderId: '7' },
    anchor: 'service:orders',
  })
  const headers = authority.headersFor(token)
  expect(await get('/acme/orders/7', headers)).toEqual({ status: 200, body: '{"id":"7","tenant":"acme"}' })
  expect((await get('/globex/orders/7', headers)).status).toBe(403)
  expect((await get('/acme/orders/7')).status).toBe(401)
})

it('replaces the guard', async () => {
  const keys = (await createTestAuthority()).publicKey
  await serve((builder) =>
    builder
      .overrideProvider(WRIT_TEST_OPTIONS)
      .useValue({ keys })
      .overrideGuard(CapabilityGuard)
      .useValue({ canActivate: () => false }),
  )
  expect((await get('/healthz')).status).toBe(403)
})
