import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import { throwError } from 'rxjs'
import { CapabilityException } from './capability-exception.ts'
import { setHeaders } from './internal/set-headers.ts'

/**
 * Answers refusals in the guard's own words. The module binds it to the whole app, behind the app's own filters. Nest binds no filter
 * of the app to gateways, nor to the message handlers of a hybrid app: `@UseFilters(CapabilityFilter)` there tells clients the code,
 * where they otherwise get "Internal server error".
 *
 * @example
 * ```ts
 * import { Controller, UseFilters } from '@nestjs/common'
 * import { CapabilityFilter } from '@writ/nestjs'
 *
 * @Controller()
 * @UseFilters(CapabilityFilter)
 * export class OrderMessagesController {}
 * ```
 */
@Catch(CapabilityException)
export class CapabilityFilter implements ExceptionFilter<CapabilityException> {
  catch(exception: CapabilityException, host: ArgumentsHost): unknown {
    const problem = { status: 'error', code: exception.code, message: exception.message }
    // A microservice takes no rejection: it would end the process.
    if (host.getType() === 'rpc') return throwError(() => problem)
    if (host.getType() === 'ws') return emit(host.switchToWs().getClient(), problem)
    if (host.getType() !== 'http') throw exception
    return answer(exception, host)
  }
}

/**
 * Nest's own handling would let Express add an ETag to what must not be stored, write JSON with the app's settings, and wrap texts.
 */
function answer(exception: CapabilityException, host: ArgumentsHost): unknown {
  const response = host.switchToHttp().getResponse()
  if (!setHeaders(host, exception.headers)) return undefined
  response.statusCode = exception.getStatus()
  return response.raw ? response.send(exception.body) : response.end(exception.body)
}

interface Client {
  readonly readyState?: unknown
  send(text: string): void
  emit(event: string, data: object): unknown
}

/** A client of `ws` has a state by number: its `emit` calls listeners on this side and sends nothing. */
function emit(client: Client, problem: object): void {
  if (typeof client.readyState === 'number') client.send(JSON.stringify({ event: 'exception', data: problem }))
  else client.emit('exception', problem)
}
