import 'reflect-metadata'
import { Controller, Get, Module, Put } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { generateKeyPair } from '@writ/core'
import { describeSecurity, SECURITY_SCHEME } from '@writ/http'
import { expect, it, onTestFinished } from 'vitest'
import { Public, RequireCapability, requirementOf, WritModule } from '../src/index.ts'

@Controller(':tenantId/orders')
@RequireCapability({ resource: 'orders', designate: ['tenantId'] })
class OrdersController {
  @Put(':orderId')
  @RequireCapability({ designate: ['orderId'] })
  put() {}
}

@Controller('healthz')
@Public()
class HealthController {
  @Get()
  check() {}
}

// The document is made by the major of Nest that it is for.
it.skipIf(process.env['NEST_MAJOR'] === '11')(
  'the document of @nestjs/swagger says what each route demands',
  async () => {
    const { ApiExtension, ApiSecurity, DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger')
    for (const [controller, name, method] of [
      [OrdersController, 'put', 'PUT'],
      [HealthController, 'check', 'GET'],
    ] as const) {
      const guard = requirementOf(controller, name)
      if (guard === undefined) throw new Error(`${name} is not guarded`)
      const { security, 'x-capability': demands } = describeSecurity(guard, method)
      const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name) as PropertyDescriptor
      for (const one of security) ApiSecurity(one as Record<string, string[]>)(controller.prototype, name, descriptor)
      if (demands !== undefined) ApiExtension('x-capability', demands)(controller.prototype, name, descriptor)
    }
    const { publicKey } = await generateKeyPair()
    @Module({
      imports: [WritModule.forRoot({ keys: publicKey, anchor: null })],
      controllers: [OrdersController, HealthController],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false })
    onTestFinished(() => app.close())
    const config = new DocumentBuilder().addSecurity('capability', { ...SECURITY_SCHEME }).build()
    const { paths, components } = SwaggerModule.createDocument(app, config)
    expect(components?.securitySchemes).toMatchObject({ capability: { type: 'http', scheme: 'bearer' } })
    expect(paths['/{tenantId}/orders/{orderId}']?.put).toMatchObject({
      security: [{ capability: ['orders:write'] }],
      'x-capability': [{ resource: 'orders', operation: 'write', designations: ['tenantId', 'orderId'] }],
    })
    expect(paths['/healthz']?.get?.security).toBeUndefined()
  },
)
