import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common'
import { ApplicationConfig } from '@nestjs/core'
import { throwError } from 'rxjs'
import { CapabilityException } from '../capability-exception.ts'

/**
 * Answers in the guard's own words where no filter of the app does. Nest's own handling would let Express add an ETag to what must
 * not be stored, write JSON with the app's settings, and wrap texts.
 */
@Catch(CapabilityException)
export class CapabilityFilter implements ExceptionFilter<CapabilityException> {
  /** Nest asks the last filter first. Here, before any other is registered, this one comes after all of the app's. */
  constructor(@Inject(ApplicationConfig) config: ApplicationConfig) {
    config.addGlobalFilter(this)
  }

  catch(exception: CapabilityException, host: ArgumentsHost): unknown {
    // A microservice takes no rejection: it would end the process.
    if (host.getType() === 'rpc') return throwError(() => exception)
    if (host.getType() !== 'http') throw exception
    const response = host.switchToHttp().getResponse()
    if (!setHeaders(host, exception.headers)) return undefined
    response.statusCode = exception.getStatus()
    return response.raw ? response.send(exception.body) : response.end(exception.body)
  }
}

/** Puts headers on the response of either platform, unless something else, a timeout say, has answered meanwhile. */
export function setHeaders(host: ArgumentsHost, headers: Readonly<Record<string, string>>): boolean {
  const response = host.switchToHttp().getResponse()
  if (response.headersSent || response.sent) return false
  // The `header` of Express would complete a content type.
  const method = response.raw ? 'header' : 'setHeader'
  for (const [name, value] of Object.entries(headers)) response[method](name, value)
  return true
}
