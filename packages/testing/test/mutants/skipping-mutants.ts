// Requests that look like something else are not guarded.
import { headerOf, type Mutant, mutant, queryOf } from './mutant.ts'
import type { Exchange } from './reference-parts.ts'

/** An adapter that does not ask the guard for such requests. */
const skips = (name: string, caughtBy: string, open: (exchange: Exchange) => boolean): Mutant =>
  mutant(`lets everybody through ${name}`, caughtBy, () => ({ guarded: (exchange) => !open(exchange) }))

const has =
  (name: string, value = '') =>
  (exchange: Exchange) =>
    headerOf(exchange, name).includes(value) && headerOf(exchange, name) !== ''
const sent =
  (part: string | RegExp) =>
  ({ req: { url = '' } }: Exchange) =>
    typeof part === 'string' ? url.includes(part) : part.test(url)

const CACHES = 'headers about caches and ranges change no decision'
const UPGRADES = 'headers about upgrades and connections change no decision'
const CALLER = 'headers of proxies about the caller change no decision'
const ADDRESS = 'headers of proxies about the address of the request change no decision'
const METHOD = 'headers that name another method change no decision'
const WHO = 'headers that say who asks, and from where change no decision'
const TRUSTED = 'headers that only a trusted service would send change no decision'
const CONTENT = 'headers about what is sent and wanted change no decision'
const SPELLINGS = 'no spelling of a path that a router may take for another leads past the guard'
const QUERY = 'no query leads past the guard'

export const skippingMutants: readonly Mutant[] = [
  skips('with If-None-Match', CACHES, has('if-none-match')),
  skips('with If-Modified-Since', CACHES, has('if-modified-since')),
  skips('with Range', CACHES, has('range')),
  skips('with Cache-Control: only-if-cached', CACHES, has('cache-control', 'only-if-cached')),
  skips('with Upgrade', UPGRADES, has('upgrade')),
  skips('with a WebSocket key', UPGRADES, has('sec-websocket-key')),
  skips('with Expect', UPGRADES, has('expect')),
  skips('with a loopback address in X-Forwarded-For', CALLER, has('x-forwarded-for', '127.0.0.1')),
  skips('with a loopback address in X-Real-IP', CALLER, has('x-real-ip', '::1')),
  skips('with a loopback address in Forwarded', CALLER, has('forwarded', 'for=127.0.0.1')),
  skips('whom a proxy has named', CALLER, has('x-forwarded-user')),
  skips('whose proxy says that it wants the health check', ADDRESS, has('x-original-url', '/healthz')),
  skips('whose proxy says that it comes from localhost', ADDRESS, has('x-forwarded-host', 'localhost')),
  skips('with OPTIONS in X-HTTP-Method-Override', METHOD, has('x-http-method-override', 'OPTIONS')),
  skips('that looks like a preflight', METHOD, has('access-control-request-method')),
  skips('from its own origin', WHO, has('origin', 'http://127.0.0.1')),
  skips('that looks like a health check', WHO, has('user-agent', 'kube-probe')),
  skips('that comes from a page of its own', WHO, has('referer', 'http://127.0.0.1')),
  skips('that looks internal', TRUSTED, has('x-internal')),
  skips('that looks like a request of its own middleware', TRUSTED, has('x-middleware-subrequest')),
  skips('that names the service', TRUSTED, has('x-service-name', 'service:billing')),
  skips('that wants events', CONTENT, has('accept', 'text/event-stream')),
  skips('that has a session', CONTENT, has('cookie', 'session=')),
  skips('that says that it has no body', CONTENT, has('content-length', '0')),
  skips('with a slash at the end', SPELLINGS, sent(/\/$/)),
  mutant('decodes fixed segments, and guards them as they are written', SPELLINGS, (parts) => ({
    match: (pattern, path) => parts.match(pattern, path) ?? parts.match(pattern, path.replace('%69', 'i')),
    guarded: ({ req }) => !(req.url ?? '').includes('%69'),
  })),
  skips('for a path that ends like a file', SPELLINGS, sent(/\.json$/)),
  skips('whose query is empty', QUERY, sent(/\?$/)),
  skips('whose query says that it is public', QUERY, (exchange) => queryOf(exchange, 'public') !== undefined),
  skips('whose query names the health check', QUERY, sent('/healthz')),
  skips('whose query has a method', QUERY, (exchange) => queryOf(exchange, '_method') === 'OPTIONS'),
  skips('that sends the whole URL', 'the absolute form of a path does not lead past the guard', sent(/^http/)),
  skips(
    'that sends HEAD',
    'HEAD of a guarded GET is a read, and is answered without a body',
    ({ req }) => req.method === 'HEAD',
  ),
  skips(
    'that sends OPTIONS',
    'OPTIONS is a read unless the requirement names an operation',
    ({ req }) => req.method === 'OPTIONS',
  ),
  skips(
    'that sends DELETE',
    'DELETE is a write unless the requirement names an operation',
    ({ req }) => req.method === 'DELETE',
  ),
  skips('in mounted apps', 'a guard within a mounted app works as one outside', sent(/^\/api\//)),
  skips(
    'whose tenant is called constructor',
    'a tenant may be called constructor',
    ({ params }) => Object.hasOwn({}.constructor, 'keys') && params['tenantId'] === 'constructor',
  ),
  skips(
    'whose credential is of another scheme',
    'a credential of another scheme is not a Bearer credential',
    has('authorization', 'Basic'),
  ),
  skips(
    'whose Authorization header is empty',
    'an empty Authorization header is not a credential',
    ({ req }) => req.headers.authorization === '',
  ),
  mutant('reads paths without case, and guards them as they are written', SPELLINGS, (parts) => ({
    match: (pattern, path) => parts.match(pattern, path) ?? parts.match(pattern, path.toLowerCase()),
    guarded: ({ req, route }) => parts.match(route.path, (req.url ?? '').split('?')[0] ?? '') !== undefined,
  })),
  mutant('takes two slashes for one, and guards what has one', SPELLINGS, (parts) => ({
    match: (pattern, path) => parts.match(pattern, path) ?? parts.match(pattern, path.replaceAll(/\/+/g, '/')),
    guarded: ({ req }) => !/\/\/./.test(req.url ?? ''),
  })),
  mutant('resolves dots after it has looked for the route', SPELLINGS, (parts) => ({
    match: (pattern, path) =>
      parts.match(pattern, path) ?? parts.match(pattern, path.replace(/\/[^/]+\/\.\.(?=\/)/, '')),
    guarded: ({ req }) => !(req.url ?? '').includes('..'),
  })),
  mutant(
    'guards the mounts alone',
    'a request without a credential is answered 401',
    () => ({ guarded: ({ req }) => (req.url ?? '').startsWith('/api/') }),
    true,
  ),
  mutant('guards what no route has', 'a path that no route has stays 404, with a token and without', (parts) => ({
    match: (pattern, path) => parts.match(pattern, path) ?? (path === '/nowhere' ? {} : undefined),
  })),
]
