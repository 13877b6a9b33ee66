import assert from 'node:assert/strict'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, type Scenario } from '../../scene.ts'

type Headers = Readonly<Record<string, string>>

/** A case with headers about something else: a request that is refused without them is refused with them. */
function nothing(about: string, ...table: readonly Headers[]): Scenario {
  return {
    name: `headers ${about} change no decision`,
    async run(scene) {
      const [good, other] = [await scene.token(), await scene.token({ operation: 'write' })]
      const plain = expectPass(await scene.get(INVOICE, good))
      for (const row of table) {
        const headers = Object.entries(row)
        const send = (path: string, token?: string) => scene.send({ path, headers, token })
        const named = JSON.stringify(row)
        const [none, wrong, elsewhere, passed] = await Promise.all([
          send(INVOICE),
          send(INVOICE, other),
          send('/globex/invoices/7', good),
          send(INVOICE, good),
        ])
        assert.ok(none.status === 401 && wrong.status === 403 && elsewhere.status === 403, `decided by ${named}`)
        expectRefusal(none, 'missing_token')
        expectRefusal(wrong, 'wrong_operation')
        expectRefusal(elsewhere, 'wrong_designation')
        // The framework decides whether something has changed.
        if (passed.status !== 304) assert.deepEqual(expectPass(passed), plain, named)
      }
    },
  }
}

/** One header, with each of several values. */
const each = (name: string, ...values: readonly string[]): Headers[] => values.map((value) => ({ [name]: value }))

/** The same value for each of several headers. */
const all = (names: readonly string[], value: string): Headers[] => names.map((name) => ({ [name]: value }))

const LONG_AGO = 'Thu, 01 Jan 1970 00:00:00 GMT'
const HERE = 'http://127.0.0.1'

/** Headers that other parts of a service may act on, and a guard does not. */
export const ignoredHeaders: readonly Scenario[] = [
  nothing(
    'about caches and ranges',
    ...each('If-None-Match', '*', '"x"', 'W/"x"'),
    ...each('If-Match', '*', '"x"'),
    { 'If-Modified-Since': LONG_AGO },
    { 'If-Unmodified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    ...each('Range', 'bytes=0-0', 'bytes=0-'),
    { Range: 'bytes=0-0', 'If-Range': '"x"' },
    ...each('Cache-Control', 'no-cache', 'only-if-cached', 'max-stale'),
    { Pragma: 'no-cache' },
  ),
  nothing(
    'about upgrades and connections',
    { Upgrade: 'websocket', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' },
    { Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA' },
    { 'Sec-WebSocket-Protocol': 'bearer' },
    { 'Keep-Alive': 'timeout=5' },
    { TE: 'trailers' },
    { Expect: '100-continue' },
    ...each('Proxy-Connection', 'keep-alive'),
  ),
  nothing(
    'of proxies about the caller',
    ...['127.0.0.1', '::1', 'localhost', '10.0.0.1, 127.0.0.1'].flatMap((address) =>
      all(['X-Forwarded-For', 'X-Real-IP', 'X-Client-IP', 'True-Client-IP', 'CF-Connecting-IP', 'Client-IP'], address),
    ),
    ...each('Forwarded', 'for=127.0.0.1', 'for="[::1]";proto=https'),
    ...each('Via', '1.1 localhost', '2 internal'),
    ...all(['X-Forwarded-User', 'X-Remote-User', 'Remote-User', 'X-Authenticated-User', 'X-Forwarded-Email'], 'alice'),
    { 'X-Forwarded-Client-Cert': 'Subject="CN=alice"' },
    ...all(['X-SSL-Client-Verify', 'X-Client-Verify'], 'SUCCESS'),
  ),
  nothing(
    'of proxies about the address of the request',
    ...['/healthz', '/public', '/'].flatMap((path) =>
      all(['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Uri', 'X-Forwarded-Path', 'X-Original-URI'], path),
    ),
    ...all(['X-Forwarded-Prefix', 'X-Script-Name', 'X-Base-Path'], '/healthz'),
    ...all(['X-Forwarded-Host', 'X-Host', 'X-Original-Host'], 'localhost'),
    ...each('X-Forwarded-Proto', 'https', 'http'),
    ...each('X-Forwarded-Port', '443'),
  ),
  nothing(
    'that name another method',
    ...['OPTIONS', 'HEAD', 'GET', 'POST', 'CONNECT'].flatMap((method) =>
      all(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X-Original-Method'], method),
    ),
    ...each('Access-Control-Request-Method', 'GET'),
    { Origin: HERE, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' },
  ),
  nothing(
    'that say who asks, and from where',
    ...each('Origin', HERE, 'null', 'http://localhost'),
    ...each('Referer', `${HERE}/`, 'http://localhost/admin'),
    ...each('User-Agent', 'kube-probe/1.30', 'GoogleHC/1.0', 'ELB-HealthChecker/2.0', 'Googlebot/2.1'),
    { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate' },
    ...all(['Purpose', 'Sec-Purpose', 'X-Moz'], 'prefetch'),
    ...each('X-Requested-With', 'XMLHttpRequest'),
    ...each('From', 'alice@acme.example'),
  ),
  nothing(
    'that only a trusted service would send',
    ...all(
      ['X-Internal', 'X-Internal-Request', 'X-Admin', 'X-Debug', 'X-Test', 'X-Trusted', 'X-Authenticated'],
      'true',
    ),
    ...all(['X-Health-Check', 'X-Envoy-Internal', 'X-Skip-Auth', 'X-Bypass', 'X-Writ-Public', 'X-Public'], '1'),
    ...each('X-Middleware-Subrequest', 'middleware', 'src/middleware:middleware:middleware'),
    ...each('X-Service-Name', 'service:billing'),
    ...each('X-Amzn-Trace-Id', 'Root=1-67891233-abcdef012345678912345678'),
    ...each('Traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
  ),
  nothing(
    'about what is sent and wanted',
    ...each('Accept', 'text/event-stream', '*/*', 'text/html', 'application/problem+json'),
    ...each('Accept-Encoding', 'gzip, br', 'identity;q=0'),
    ...each('Content-Type', 'application/json', 'text/plain', 'multipart/form-data; boundary=x', 'x'),
    ...each('Content-Length', '0'),
    ...each('Prefer', 'return=minimal', 'respond-async'),
    ...each('DNT', '1'),
    ...each('Cookie', 'session=1; admin=true', 'a'),
  ),
]
