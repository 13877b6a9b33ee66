import { declaring } from './internal/declarations.ts'

/**
 * Declares a method public. On a class, it declares every method of that very class public that demands nothing itself,
 * but no method that it inherits, and none of a subclass.
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
