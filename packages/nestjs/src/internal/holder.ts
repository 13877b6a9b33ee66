import type { ExecutionContext } from '@nestjs/common'

/**
 * The object that holds the capability of one handler's run: the request, or of a resolver the last argument, which unlike the
 * request is its own.
 */
export function holderOf(context: ExecutionContext): object {
  const holder: unknown =
    context.getType() === 'http' ? context.switchToHttp().getRequest() : context.getArgs<unknown[]>().at(-1)
  // Nothing is ever attached to a new object.
  return typeof holder === 'object' && holder !== null ? holder : {}
}
