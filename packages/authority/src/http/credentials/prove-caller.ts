import type { VerifiedIdentity } from '@writ/core'
import type { Context, MiddlewareHandler } from 'hono'
import type { AuditKind } from '../../audit/audit-record.ts'
import { AuthorityError } from '../../authority-error.ts'
import { proveIdentity } from '../../rules/prove-identity.ts'
import { recordingRefusals } from '../../rules/record-refusals.ts'
import type { HttpEnv, HttpParts } from '../http-parts.ts'

/** RFC 6750 section 2.1. A header has no more than 16 KiB, so this is bounded. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i

/**
 * Lets only callers pass whose `Authorization` header holds an identity, before anything else of a request is looked at.
 * Whether it is revoked, the act asks when it commits.
 *
 * @param kind - As what a refusal is counted in the audit.
 */
export function proveCaller(http: HttpParts, kind: AuditKind): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const identity = bearerOf(c)
    if (identity === undefined) throw new AuthorityError('missing_credential')
    const { subject } = await prove(http, kind, identity)
    http.limits.takeSubject(subject)
    c.set('identity', identity)
    await next()
  }
}

/** The token of the `Authorization` header. */
function bearerOf(c: Context<HttpEnv>): string | undefined {
  return BEARER.exec(c.req.header('authorization') ?? '')?.[1]
}

async function prove(http: HttpParts, kind: AuditKind, identity: string): Promise<VerifiedIdentity> {
  try {
    return await proveIdentity(await http.rules.current(), identity)
  } catch (error) {
    if (!(error instanceof AuthorityError)) throw error
    // Another process may have a new key already. This finds out, and counts the refusal.
    return recordingRefusals(http, kind, () =>
      http.rules.act(
        (rules) => proveIdentity(rules, identity),
        async (_, proven) => proven,
      ),
    )
  }
}
