// Answers have another status, other headers, another body or another code than they should.
import type { Refusal } from '@writ/http'
import { type Mutant, mutant } from './mutant.ts'
import type { Exchange } from './reference-parts.ts'

type Words = Pick<Refusal, 'status' | 'headers' | 'body'>

const says = (
  name: string,
  caughtBy: string,
  change: (refusal: Refusal, exchange: Exchange) => Partial<Words>,
): Mutant =>
  mutant(name, caughtBy, () => ({ wording: (refusal, exchange) => ({ ...refusal, ...change(refusal, exchange) }) }))

const without = ({ headers }: Refusal, name: string) => ({
  headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)),
})
const withHeader = ({ headers }: Refusal, name: string, value: string) => ({ headers: { ...headers, [name]: value } })

const NONE = 'a request without a credential is answered 401'
const OTHER = 'a token for another object is refused'
const DOWN = 'a revocation list that rejects is a failure of the service'
const CACHES = 'an answer to a token in another header is private'

export const wordingMutants: readonly Mutant[] = [
  says('answers 403 to requests without a credential', NONE, ({ status }) => ({
    status: status === 401 ? 403 : status,
  })),
  says('answers 401 to tokens that are refused', OTHER, ({ status }) => ({ status: status === 403 ? 401 : status })),
  says('answers 404 to tokens for other objects', OTHER, ({ status, code }) => ({
    status: code === 'wrong_designation' ? 404 : status,
  })),
  says('answers 500 when the decision could not be made', DOWN, ({ status }) => ({
    status: status === 503 ? 500 : status,
  })),
  says(
    'answers 200 to HEAD that is refused',
    'HEAD of a guarded GET is a read, and is answered without a body',
    ({ status }, { req }) => ({ status: req.method === 'HEAD' ? 200 : status }),
  ),
  says('sends no challenge', OTHER, (refusal) => without(refusal, 'WWW-Authenticate')),
  says('sends no challenge to those without a credential', NONE, (refusal) =>
    refusal.status === 401 ? without(refusal, 'WWW-Authenticate') : {},
  ),
  says('sends a challenge without its error', OTHER, (refusal) =>
    refusal.status === 403 ? withHeader(refusal, 'WWW-Authenticate', 'Bearer realm="writ"') : {},
  ),
  says('sends a challenge of one realm', 'realm names the realm in every challenge', (refusal) => ({
    headers: JSON.parse(JSON.stringify(refusal.headers).replace('billing (eu)', 'writ')) as Record<string, string>,
  })),
  says('sends a challenge when the decision could not be made', DOWN, (refusal) =>
    withHeader(refusal, 'WWW-Authenticate', refusal.headers['WWW-Authenticate'] ?? 'Bearer realm="writ"'),
  ),
  says('lets refusals be stored', OTHER, (refusal) => without(refusal, 'Cache-Control')),
  says(
    'lets refusals be stored for HEAD',
    'HEAD of a guarded GET is a read, and is answered without a body',
    (refusal, { req }) => (req.method === 'HEAD' ? without(refusal, 'Cache-Control') : {}),
  ),
  says('does not say when to try again', DOWN, (refusal) => without(refusal, 'Retry-After')),
  says('says that it sends JSON', OTHER, (refusal) => withHeader(refusal, 'Content-Type', 'application/json')),
  says('leaves the charset out', OTHER, (refusal) => withHeader(refusal, 'Content-Type', 'application/problem+json')),
  says('tags refusals', OTHER, (refusal) => withHeader(refusal, 'ETag', 'W/"x"')),
  says('tells what the token names', OTHER, ({ body, error }) => ({
    body: body.replace('}', `,"expected":"${error.expected}"}`),
  })),
  says('tells what the token names in a header', 'a token of another tenant is refused', (refusal) =>
    withHeader(refusal, 'X-Expected', refusal.error.expected ?? 'none'),
  ),
  says('tells where it failed', DOWN, ({ body, error }) => ({
    body: `${body}${(error.cause as Error | undefined)?.stack ?? ''}`,
  })),
  says('prints its body with spaces', OTHER, ({ body }) => ({ body: JSON.stringify(JSON.parse(body), null, 1) })),
  says('sends no body', OTHER, () => ({ body: '' })),
  says('gives one code to all refusals', OTHER, ({ body }) => ({
    body: body.replaceAll('wrong_designation', 'check_failed'),
  })),
  says(
    'tells keys that it does not know from signatures that are wrong',
    'a token of an unknown root key is answered as one with a wrong signature',
    ({ body, error }) => ({ body: body.replaceAll('invalid_signature', error.code) }),
  ),
  says(
    'answers expired tokens as missing ones',
    'a token passes in its last second and is expired one second later',
    ({ status, body, code }) =>
      code === 'expired' ? { status: 401, body: body.replaceAll('expired', 'missing_token') } : { status, body },
  ),
  says('redirects to a page where one may sign in', NONE, (refusal) =>
    refusal.status === 401 ? { status: 302, ...withHeader(refusal, 'Location', '/login') } : {},
  ),
  mutant(
    'answers before CORS',
    'CORS before the guard answers preflights, and a refusal still lets the page read it',
    (parts) => ({
      refuse(exchange, refusal, run) {
        exchange.res.removeHeader('Access-Control-Allow-Origin')
        return parts.refuse(exchange, refusal, run)
      },
    }),
  ),
  mutant('answers preflights itself', 'a preflight that reaches a guarded route is not let through', (parts) => ({
    refuse: (exchange, refusal, run) =>
      exchange.req.headers['access-control-request-method']
        ? exchange.res.writeHead(204).end()
        : parts.refuse(exchange, refusal, run),
  })),
  mutant('lets shared caches keep answers to tokens of another header', CACHES, () => ({ headers: () => ({}) })),
  mutant('lets shared caches keep answers to HEAD', CACHES, (parts) => ({
    handle(exchange) {
      if (exchange.req.method === 'HEAD') exchange.res.removeHeader('Cache-Control')
      return parts.handle.call(parts, exchange)
    },
  })),
  mutant(
    'overrides what a handler says to caches',
    'Cache-Control of a handler is kept, also for a token in another header',
    (parts) => ({
      handle: (exchange) => parts.handle.call(parts, { ...exchange, route: { ...exchange.route, headers: {} } }),
    }),
  ),
  mutant(
    'keeps every answer from shared caches',
    'an answer to a token in Authorization gets no Cache-Control from the guard',
    () => ({
      headers: () => ({ 'Cache-Control': 'private' }),
    }),
  ),
  mutant('sets the headers of the handler before it asks', 'a refusal carries no header of the handler', () => ({
    begin: ({ res, route }) => {
      for (const [name, value] of Object.entries(route.headers ?? {})) res.setHeader(name, value)
    },
  })),
  mutant(
    'sends the first piece of a stream with a refusal',
    'a handler may answer with a stream, and a refused request gets nothing of it',
    (parts) => ({
      wording: (refusal, exchange) =>
        exchange.route.streamed ? { ...parts.wording(refusal, exchange), body: 'first ' } : refusal,
    }),
  ),
  mutant(
    'answers with what was proven of another handler',
    'a token that names the object of the request passes, and the handler sees what was proven',
    () => ({ attached: () => undefined }),
    true,
  ),
]
