import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import { throwError } from 'rxjs'
import { CapabilityException } from './capability-exception.ts'
import { setHeaders } from './internal/set-headers.ts'

/**
 * Answers refusals as the guard words them. The module binds it to the whole app, behind the app's own filters. Nest
 * applies no filter of the app to gateways and to the message handlers of a hybrid app. Put
 * `@UseFilters(CapabilityFilter)` there to tell clients the code; otherwise they get "Internal server error".
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
    // As an observable, because a rejection would end the process of a microservice.
    if (host.getType() === 'rpc') return throwError(() => problem)
    if (host.getType() === 'ws') return emit(host.switchToWs().getClient(), problem)
    if (host.getType() !== 'http') throw exception
    return answer(exception, host)
  }
}

/**
 * Answers without Nest's own handling, with which Express would add an ETag to an answer that must not be stored, JSON
 * would follow the app's settings, and texts would be wrapped.
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

/** A client of `ws` has a numeric state. Its `emit` would call listeners on this side and send nothing. */
function emit(client: Client, problem: object): void {
  if (typeof client.readyState === 'number') client.send(JSON.stringify({ event: 'exception', data: problem }))
  else client.emit('exception', problem)
}
