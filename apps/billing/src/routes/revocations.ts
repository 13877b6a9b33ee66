import type { RevocationList } from '@writ/core/verify'
import type { ExpressGuard } from '@writ/express'
import { json, type Router } from 'express'
import { Problem } from 'service-kit'

/** Where the authority says what is revoked, with a capability of its own. It takes effect with the next request. */
export function revocationRoutes(router: Router, guard: ExpressGuard, revocation: RevocationList): void {
  router.post(
    '/revocations',
    guard({ resource: 'revocations', operation: 'write' }),
    json({ limit: '1kb' }),
    (req, res) => {
      revocation.revoke(parseRevocationId(req.body))
      res.status(204).end()
    },
  )
}

/** Reads `{ "id": "<hex>" }`. Throws a 400 {@link Problem}. */
function parseRevocationId(body: unknown): string {
  const entries = Object.entries(Object(body))
  const [key, id] = entries[0] ?? []
  if (entries.length !== 1 || key !== 'id' || typeof id !== 'string' || !/^(?:[0-9a-f]{2}){1,128}$/i.test(id)) {
    throw new Problem(400, 'the body must be {"id": "<revocation id in hex>"}')
  }
  return id
}
