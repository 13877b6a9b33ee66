import { OpenAPIHono } from '@hono/zod-openapi'
import { assertGuarded } from '@writ/hono'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { AuthorityError } from '../authority-error.ts'
import type { App, HttpEnv, HttpParts } from './http-parts.ts'
import { countRequests } from './middleware/count-requests.ts'
import { answerProblem } from './problems/answer-problem.ts'
import { describeFaults } from './problems/describe-faults.ts'
import { isFailure } from './problems/problem-of.ts'
import { addAuditRoutes } from './routes/audit.ts'
import { addCapabilityRoutes } from './routes/capabilities.ts'
import { addContextRoutes } from './routes/contexts.ts'
import { addIdentityRoutes } from './routes/identities.ts'
import { addKeyRoutes } from './routes/keys.ts'
import { addOAuthRoutes } from './routes/oauth.ts'
import { addOperationRoutes } from './routes/operations.ts'
import { addPolicyRoutes } from './routes/policy.ts'
import { addRevocationRoutes } from './routes/revocations.ts'

const ROUTES = [
  addIdentityRoutes,
  addCapabilityRoutes,
  addContextRoutes,
  addPolicyRoutes,
  addRevocationRoutes,
  addAuditRoutes,
  addKeyRoutes,
  addOAuthRoutes,
  addOperationRoutes,
]
const MAX_REQUEST_ID = 64

/** Creates the app of an authority. Every route says who is admitted; one that does not keeps it from being created. */
export function createApp(http: HttpParts): App {
  const app: App = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success) {
        throw new AuthorityError('invalid_request', describeFaults(result.target, result.error))
      }
    },
  })
  app.onError((error, c) => {
    if (isFailure(error)) http.report({ event: 'request failed', requestId: c.get('requestId'), error })
    return answerProblem(c, error)
  })
  app.notFound((c) => answerProblem(c, new AuthorityError('not_found')))
  app.use(requestId({ limitLength: MAX_REQUEST_ID }), secureHeaders(), countRequests(http))
  for (const add of ROUTES) add(app, http)
  answerOtherMethods(app, http)
  assertGuarded(app)
  return app
}

/** 405 with `Allow` (RFC 9110 section 15.5.6), where another method would be answered. */
function answerOtherMethods(app: App, http: HttpParts): void {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue
    methods.set(path, (methods.get(path) ?? new Set()).add(method))
  }
  for (const [path, known] of methods) {
    if (known.has('GET')) known.add('HEAD')
    const allow = [...known].sort().join(', ')
    app.all(path, http.guard.public(), (c) =>
      answerProblem(c, new AuthorityError('method_not_allowed'), { Allow: allow }),
    )
  }
}
