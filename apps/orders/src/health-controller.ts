import { Controller, Get } from '@nestjs/common'
import { Public } from '@writ/nestjs'

@Controller('healthz')
@Public()
export class HealthController {
  @Get()
  check(): { status: 'ok' } {
    return { status: 'ok' }
  }
}
