// What a user's NestJS app in CommonJS does, as `nest new` of NestJS 11 sets it up.
import { Controller, Get, Module, Param } from '@nestjs/common'
import { Capability, type DesignatedCapability, Public, RequireCapability, WritModule } from '@writ/nestjs'

@Controller(':tenantId/orders')
@RequireCapability({ resource: 'orders', designate: ['tenantId'] })
class OrdersController {
  @Get(':orderId')
  @RequireCapability({ designate: ['orderId'] })
  read(
    @Param('orderId') id: string,
    @Capability({ labels: ['tenantId'] }) capability: DesignatedCapability<'tenantId'>,
  ) {
    return { id, tenant: capability.designations.tenantId }
  }
}

@Controller('healthz')
@Public()
class HealthController {
  @Get()
  check() {
    return 'ok'
  }
}

@Module({
  imports: [WritModule.forRoot({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'service:orders' })],
  controllers: [OrdersController, HealthController],
})
export class AppModule {}
