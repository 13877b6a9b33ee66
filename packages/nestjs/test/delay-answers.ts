import { setTimeout } from 'node:timers/promises'
import type { INestApplication } from '@nestjs/common'
import type { Platform } from './nest-target.ts'

/** Makes every answer of the app late. */
export function delayAnswers(platform: Platform, nest: INestApplication): void {
  if (platform === 'Fastify') {
    nest
      .getHttpAdapter()
      .getInstance()
      .addHook('onSend', async (_request: unknown, _reply: unknown, payload: unknown) => {
        await setTimeout(20)
        return payload
      })
    return
  }
  nest.use((_req: unknown, res: { end(...args: unknown[]): unknown }, next: () => void) => {
    const end = res.end.bind(res)
    res.end = (...args) => {
      void setTimeout(20).then(() => end(...args))
      return res
    }
    next()
  })
}
