// What a user's NestJS app does that is compiled to CommonJS, as `nest new` sets it up.
import 'reflect-metadata'
import { Controller, Get, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { generateKeyPair, mintCapability } from '@writ/core'
import { Capability, Public, RequireCapability, type VerifiedCapability, WritModule } from '@writ/nestjs'

@Controller(':tenantId/orders')
@RequireCapability({ resource: 'orders', designate: ['tenantId'] })
class OrdersController {
  @Get(':orderId')
  @RequireCapability({ designate: ['orderId'] })
  read(@Param('orderId') id: string, @Capability() capability: VerifiedCapability) {
    return { id, readBy: capability.subject }
  }
}

@Controller('healthz')
class HealthController {
  @Get()
  check() {
    return 'ok'
  }
}

async function main(): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair()
  const designations = { tenantId: 'acme', orderId: '7' }
  const wanted = {
    subject: 'user:alice',
    resource: 'orders',
    operation: 'read',
    anchor: 'service:orders',
    designations,
  }
  const headers = { authorization: `Bearer ${await mintCapability(wanted, privateKey)}` }

  @Module({
    imports: [WritModule.forRoot({ keys: publicKey, anchor: 'service:orders' })],
    controllers: [OrdersController, HealthController],
  })
  class AppModule {}

  const create = () => NestFactory.create(AppModule, { logger: false, abortOnError: false })
  const unchecked = await create()
  const problem = await unchecked.init().then(String, String)
  equal(problem.includes('HealthController.check is not guarded'), true)
  await unchecked.close()

  Public()(HealthController)
  const app = await create()
  await app.listen(0, '127.0.0.1')
  try {
    const url = await app.getUrl()
    const allowed = await fetch(`${url}/acme/orders/7`, { headers })
    equal(await allowed.text(), '{"id":"7","readBy":"user:alice"}')
    const refused = await fetch(`${url}/globex/orders/7`, { headers })
    equal(refused.status, 403)
    equal(refused.headers.get('content-type'), 'application/problem+json; charset=utf-8')
    equal((await fetch(`${url}/acme/orders/7`)).status, 401)
    equal((await fetch(`${url}/healthz`)).status, 200)
  } finally {
    await app.close()
  }
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
