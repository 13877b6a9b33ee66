import { declaring } from './internal/declarations.ts'

/**
 * Declares a method public, or every method of a controller that demands nothing itself: of that very class, not of its subclasses.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common'
 * import { Public } from '@writ/nestjs'
 *
 * @Controller('healthz')
 * @Public()
 * export class HealthController {
 *   @Get()
 *   check() {
 *     return 'ok'
 *   }
 * }
 * ```
 */
export function Public(): ClassDecorator & MethodDecorator {
  return declaring('public')
}
