import { generateKeyPair } from '@writ/core'
import fc from 'fast-check'
import { Hono } from 'hono'
import type { HonoOptions } from 'hono/hono-base'
import { LinearRouter } from 'hono/router/linear-router'
import { PatternRouter } from 'hono/router/pattern-router'
import { buildInitParams, PreparedRegExpRouter, RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, it } from 'vitest'
import { assertGuarded, writ } from '../src/index.ts'

// A plain run draws one in six of the cases, `npm run check -- --full` draws all, on the other runtimes.
const SHARE = process.env['WRIT_LONG'] === '1' ? 1 : 1 / 6

const { publicKey } = await generateKeyPair()
const guard = writ({ keys: publicKey, anchor: null })

type Routers = NonNullable<HonoOptions<object>['router']>
const routers: Record<string, (paths: string[]) => Routers> = {
  'SmartRouter, the default': () => new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] }),
  'SmartRouter of hono/quick': () => new SmartRouter({ routers: [new LinearRouter(), new TrieRouter()] }),
  RegExpRouter: () => new RegExpRouter(),
  PreparedRegExpRouter: (paths) => new PreparedRegExpRouter(...buildInitParams({ paths })) as Routers,
  TrieRouter: () => new TrieRouter(),
  LinearRouter: () => new LinearRouter(),
  PatternRouter: () => new PatternRouter(),
}

/** Segments on which routers disagree stand beside those of every app. */
const plain = fc.constantFrom('a', 'b', 'api', ':p', ':q', '~writ')
const odd = fc.constantFrom(
  ...['*', '', 'a*', '*a', 'a|b', 'a:b', ':p-q', '@0', '#0', 'x?', ':p?', 'a.b', 'a+', '(a)', '[a', 'é', '%61'],
  ...[
    ':n{[0-9]+}',
    ':n{\\d+}',
    ':r{.+}',
    ':r{.*}',
    ':o{a|b}',
    ':o{a|}',
    ':s{[^/]+}',
    ':s{a/b}',
    ':g{(a)}',
    ':g{a)|(b}',
  ],
  ...[':l{(?=a).*}', ':y{[0-9]{2}}', ':x{[}', ':x{]|a}'],
)
const segment = fc.oneof({ weight: 3, arbitrary: plain }, { weight: 2, arbitrary: odd })
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '', '/*', '/*', '/', '/:z?'))
  .map(([segments, end]) => `${segments.map((one) => `/${one}`).join('')}${end}` || '/')
/** What a guard covers is found where its pattern and that of the route have something in common. */
const routed = fc
  .tuple(fc.array(pattern, { minLength: 1, maxLength: 2 }), pattern, fc.nat(3), fc.boolean())
  .map(([guards, route, cut, follow]) => {
    const prefix = (guards[0] as string)
      .replace(/\/\*$/, '')
      .split('/')
      .slice(0, cut + 2)
      .join('/')
    return { guards, route: follow ? `${prefix}${route}` : route }
  })
const url = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'api',
      '7',
      '77',
      '',
      'ab',
      'xb',
      'a%0Ab',
      '%2F',
      '%C3%A9',
      '%zz',
      '%2561',
      '~writ',
      ':p',
      '*',
    ),
    {
      maxLength: 5,
    },
  )
  .map((segments) => `/${segments.join('/')}`)
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PURGE', 'ALL')
const registered = fc.constantFrom('GET', 'POST', 'PURGE', 'ALL')
const options: fc.Arbitrary<HonoOptions<object>> = fc.constantFrom(
  {},
  {},
  { strict: false },
  { getPath: (request: Request) => decodeURIComponent(new URL(request.url).pathname).slice(1) },
  { getPath: (request: Request) => `/api${new URL(request.url).pathname}` },
)

describe.each(Object.entries(routers))('on %s', (_name, routerFor) => {
  it('no request reaches a handler past the guards that assertGuarded accepts for it', async () => {
    let refused = 0
    const property = fc.asyncProperty(
      fc.tuple(routed, fc.constantFrom('/', '/', '/api', '/:p')),
      fc.tuple(registered, registered),
      fc.array(fc.tuple(method, url), { minLength: 1, maxLength: 8 }),
      options,
      async ([{ guards, route }, base], [guardMethod, routeMethod], requests, appOptions) => {
        const paths = new Hono().basePath(base)
        for (const one of [...guards, route]) paths.all(one, () => new Response())
        let app: Hono
        try {
          app = new Hono({ ...appOptions, router: routerFor(paths.routes.map(({ path }) => path)) })
          const based = app.basePath(base)
          for (const one of guards) based.on(guardMethod, one, guard({ resource: 'invoices' }))
          based.on(routeMethod, route, (c) => c.text('reached'))
          assertGuarded(app)
        } catch {
          // Some routers refuse some patterns, and most routes are not guarded.
          return
        }
        for (const [sent, path] of requests) {
          // Others refuse them at the first request, and some paths do not decode.
          const answer = await (async () => app.request(`http://localhost${path}`, { method: sent }))().catch(
            () => undefined,
          )
          const reached = answer?.status === 200
          expect(
            reached,
            `${sent} ${path} slips past ${guardMethod} ${guards} to ${routeMethod} ${route} of ${base}`,
          ).toBe(false)
          if (answer?.status === 401) refused += 1
        }
      },
    )
    await fc.assert(property, { numRuns: Math.ceil(3000 * SHARE) })
    expect(refused).toBeGreaterThan(0)
  })
})
