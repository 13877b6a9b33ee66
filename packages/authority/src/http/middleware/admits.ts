import { capability } from '@writ/hono'
import type { MiddlewareHandler } from 'hono'
import type { AuditKind } from '../../audit/audit-record.ts'
import { proveCaller } from '../credentials/prove-caller.ts'
import type { HttpEnv, HttpParts } from '../http-parts.ts'
import { callerAddress } from './caller-address.ts'

type Handler = MiddlewareHandler<HttpEnv>

/** Anybody. */
export function admitsAnybody({ guard }: HttpParts): Handler {
  return guard.public()
}

/** Anybody, but few times: they present a secret, or an assertion of somebody else. */
export function admitsStrangers(http: HttpParts): [Handler, Handler] {
  return [
    http.guard.public(),
    async (c, next) => {
      http.limits.takeCredential(callerAddress(c, http.trustProxy))
      await next()
    },
  ]
}

/** Whoever presents an identity of this authority. It permits nothing by itself: the policy does. */
export function admitsIdentities(http: HttpParts, kind: AuditKind): [Handler, Handler] {
  return [http.guard.public(), proveCaller(http, kind)]
}

/** Whoever presents a capability of this authority for itself. */
export function admitsAdministrators(http: HttpParts, resource: string, operation: string): [Handler, Handler] {
  return [
    http.guard({ resource, operation }),
    async (c, next) => {
      http.limits.takeSubject(capability(c).subject)
      await next()
    },
  ]
}
