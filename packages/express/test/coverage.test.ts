import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { generateKeyPair } from '@writ/core'
import { registerGuard } from '@writ/http'
import type { Request, RequestHandler, Response, Router } from 'express'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertGuarded, requirementOf, writ } from '../src/index.ts'
import { type ExpressModule, express4, express5, versions } from './express-target.ts'

// A plain run draws one in six of the cases, `npm run check -- --full` draws all, on the other runtimes.
const SHARE = process.env['WRIT_LONG'] === '1' ? 1 : 1 / 6

const { publicKey } = await generateKeyPair()
const requirement = requirementOf(writ({ keys: publicKey, anchor: null })({ resource: 'invoices' }))

type Path = string | RegExp | (string | RegExp)[]
type Stated = readonly [kind: 'guard' | 'route' | 'router' | 'guarded router' | 'recover', path: Path]

/** What happened to one request. */
interface Trace {
  guarded: boolean
  slipped: boolean
}

/** An app of what is stated; its guards only note that they ran. `undefined`: Express itself refuses a path. */
function build(express: ExpressModule, stated: readonly Stated[], settings: readonly string[], trace: Trace) {
  const guard: RequestHandler = (_req, _res, next) => {
    trace.guarded = true
    next()
  }
  if (requirement) registerGuard(guard, requirement)
  const handler: RequestHandler = (_req, _res, next) => {
    trace.slipped ||= !trace.guarded
    next()
  }
  const app = express()
  for (const setting of settings) app.enable(setting)
  const router = (): Router => express.Router().get('/', handler).get('/:y', handler).get(/./, handler)
  try {
    for (const [kind, path] of stated) {
      if (kind === 'guard') app.use(path, guard)
      if (kind === 'route') app.get(path, handler)
      if (kind === 'router') app.use(path, router())
      if (kind === 'guarded router') app.use(path, guard, router())
      // The worst error handler: it lets the request go on.
      if (kind === 'recover')
        app.use(path, (_error: unknown, _req: Request, _res: Response, next: () => void) => next())
    }
  } catch {
    return undefined
  }
  return app
}

/** Whether a request reaches a handler of the app without having been through a guard. */
async function slips(express: ExpressModule, stated: readonly Stated[], url: string, settings: readonly string[] = []) {
  const trace = { guarded: false, slipped: false }
  const app = build(express, stated, settings, trace)
  const req = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url })
  await new Promise((resolve) => {
    if (app) Reflect.apply(app, app, [req, new ServerResponse(req), resolve])
    else resolve(undefined)
  })
  return trace.slipped
}

function passes(express: ExpressModule, stated: readonly Stated[], settings: readonly string[] = []): boolean {
  try {
    const app = build(express, stated, settings, { guarded: false, slipped: false })
    if (app) assertGuarded(app)
    return app !== undefined
  } catch {
    return false
  }
}

const PATTERNS_5 = ['*rest', '{a}', 'a{b}', '{:z}', ':x{.b}', 'a{/b}', '\\a', ':"x"', 'a{/"}a"}']
const PATTERNS_4 = [':x?', 'a?', '*', ':x(\\d+)', '?a', 'b+', '(a)?', '.:x', ':x*', ':x?b', 'a|b', '|a', '{0,1}a']
const EXPRESSIONS = [/^\/(?!public|login)/, /^\/a/, /\/a$/, /a/g, /^\/a\/?(?=\/|$)/, /^\/[ab]/i]

const segment = (patterns: readonly string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('a', 'b', ':x', ':y') },
    fc.constantFrom('a-:x', 'A', 'a.b', '%61', '%zz', '', ...patterns),
  )
const text = (patterns: readonly string[]) =>
  fc
    .tuple(fc.array(segment(patterns), { maxLength: 3 }), fc.constantFrom('', '', '', '/'))
    .map(([segments, end]) => `/${segments.join('/')}${end}`)
const path = (patterns: readonly string[]): fc.Arbitrary<Path> =>
  fc.oneof(
    { weight: 8, arbitrary: text(patterns) },
    { weight: 1, arbitrary: fc.constantFrom(...EXPRESSIONS) },
    {
      weight: 1,
      arbitrary: fc.array(fc.oneof(text(patterns), fc.constantFrom(...EXPRESSIONS)), { minLength: 1, maxLength: 2 }),
    },
  )
const statement = (patterns: readonly string[]): fc.Arbitrary<Stated> =>
  fc.tuple(fc.constantFrom('guard', 'guard', 'route', 'router', 'guarded router', 'recover'), path(patterns))
const sent = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'A', 'a.b', 'a-b', 'ab', '', '%61', '%zz', 'public', 'a.'), { maxLength: 4 }),
    fc.constantFrom('/', '/', '/', '', 'http://h/'),
  )
  .map(([segments, start]) => `${start}${segments.join('/')}` || '*')
const settings = fc.subarray(['case sensitive routing', 'strict routing'])

describe.each(versions)('on %s', (name, express) => {
  const patterns = name === 'Express 5' ? PATTERNS_5 : PATTERNS_4

  it('no request reaches a handler past the guards of an app that assertGuarded accepts', async () => {
    let passed = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(statement(patterns), { minLength: 2, maxLength: 4 }),
        fc.array(sent, { minLength: 4, maxLength: 8 }),
        settings,
        async (stated, urls, enabled) => {
          if (!passes(express, stated, enabled)) return
          passed++
          for (const url of urls) expect(await slips(express, stated, url, enabled), url).toBe(false)
        },
      ),
      { numRuns: Math.ceil(1000 * SHARE) },
    )
    // Else the property would hold of nothing.
    expect(passed).toBeGreaterThan(30 * SHARE)
  }, 60_000)
})

describe.each<[string, ExpressModule, Path, Path, string]>([
  ['5', express5, /^\/(?!public|login)/, '/:tenantId/invoices', '/login/invoices'],
  ['5', express5, /^\/api\/(?!x)/, '/api/:id', '/api/x'],
  ['5', express5, '/api{/v1}/x', '/api/:v', '/api/v1'],
  ['5', express5, '/~writ', '/:x', '/other'],
  ['5', express5, '/:a/:b', '/x{/:y}', '/x'],
  ['5', express5, '/api', '/api{s}', '/apis'],
  ['5', express5, ['/'], '/:x', '/a'],
  ['4', express4, /^\/(?!public|login)/, '/:tenantId/invoices', '/login/invoices'],
  ['4', express4, '/:tenant(?!public)[^/]+', '/:tenantId/invoices', '/public/invoices'],
  ['4', express4, '/:tenantId(\\d+)', '/:tenantId/invoices', '/acme/invoices'],
  ['4', express4, /^\/a\/?(?=\/|$)/, '/a', '/A'],
  ['4', express4, '/z', '/z/?a', '/za'],
  ['4', express4, '/x', '/x/:y?z', '/xz'],
  ['4', express4, '/x', '/x/.:y', '/x./a'],
  ['4', express4, '/a', '/a/b|/c', '/x/c'],
])('on Express %s', (_version, express, guard, route, url) => {
  it(`a guard at ${String(guard)} does not cover ${String(route)}, which ${url} reaches past it`, async () => {
    const stated: Stated[] = [
      ['guard', guard],
      ['route', route],
    ]
    expect(await slips(express, stated, url)).toBe(true)
    expect(passes(express, stated)).toBe(false)
  })
})

describe.each<[string, ExpressModule, Path, Path]>([
  ['5', express5, '/', /^\/anything$/],
  ['5', express5, '/api', '/api'],
  ['5', express5, '/api/', '/api/:id'],
  ['5', express5, '/api', '/api{/:id}'],
  ['5', express5, '/api', '/api/*rest'],
  ['5', express5, '/:tenantId', '/:tenantId/invoices/:id'],
  ['5', express5, '/:tenantId/invoices', '/acme/invoices'],
  ['5', express5, ['/api', '/v2'], ['/v2/x', '/api/:id']],
  ['4', express4, '/', /^\/anything$/],
  ['4', express4, '*', '/api/:id'],
  ['4', express4, '/api', '/api'],
  ['4', express4, '/api/', '/api/:id'],
  ['4', express4, '/api', '/api/:id?'],
  ['4', express4, '/api', '/api/*'],
  ['4', express4, '/:tenantId', '/:tenantId/invoices/:id(\\d+)'],
  ['4', express4, '/v1.0/:tenantId', ['/v1.0/acme', '/v1.0/:id/x']],
])('on Express %s', (_version, express, guard, route) => {
  it(`a guard at ${String(guard)} covers ${String(route)}`, () => {
    const covered: Stated[] = [
      ['guard', guard],
      ['route', route],
    ]
    expect(passes(express, covered)).toBe(true)
    expect(passes(express, covered.toReversed())).toBe(false)
  })
})
