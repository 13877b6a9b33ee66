import { CapabilityError, type Keys, type RevocationList } from '@writ/core/verify'
import type { ExpressGuard } from '@writ/express'
import { json, type Router } from 'express'
import { body, Problem, parseBody } from 'service-kit'
import { maxLength, nonEmpty, pipe, string } from 'valibot'

const TOKEN = 'must be the token to revoke'
const REVOCATION = body({ token: pipe(string(TOKEN), nonEmpty(TOKEN), maxLength(16_384, TOKEN)) })

/**
 * Where the authority says what is revoked, with a capability of its own: a token, with all that was narrowed from the same
 * one. It takes effect with the next request.
 */
export function revocationRoutes(router: Router, guard: ExpressGuard, revocation: RevocationList, keys: Keys): void {
  router.post(
    '/revocations',
    guard({ resource: 'revocations', operation: 'write' }),
    json({ limit: '20kb' }),
    async (req, res) => {
      const { token } = parseBody(REVOCATION, req.body)
      try {
        await revocation.revokeToken(token, keys)
      } catch (cause) {
        if (!(cause instanceof CapabilityError) || cause.code === 'unavailable') throw cause
        throw new Problem(400, `the token cannot be revoked: ${cause.code}`, { cause })
      }
      res.status(204).end()
    },
  )
}
