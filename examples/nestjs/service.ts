import 'reflect-metadata'
import { Controller, Get, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Capability, Public, RequireCapability, type VerifiedCapability, WritModule } from '@writ/nestjs'

const { WRIT_PUBLIC_KEY, PORT = '3000' } = process.env

@Controller('healthz')
@Public()
class HealthController {
  @Get()
  check() {
    return { status: 'ok' }
  }
}

@Controller(':tenantId/invoices')
class InvoicesController {
  // The tenant of the URL must be the one that the token names.
  @Get()
  @RequireCapability({ resource: 'invoices', designate: ['tenantId'] })
  list(@Param('tenantId') tenant: string, @Capability() capability: VerifiedCapability) {
    return { tenant, readBy: capability.subject }
  }
}

// Does not start with a handler that declares nothing.
@Module({
  imports: [WritModule.forRoot({ keys: WRIT_PUBLIC_KEY, anchor: 'service:billing' })],
  controllers: [HealthController, InvoicesController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] })
await app.listen(Number(PORT))
console.log(`http://localhost:${PORT}`)
