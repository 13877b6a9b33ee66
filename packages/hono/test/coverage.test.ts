import { generateKeyPair } from '@writ/core'
import fc from 'fast-check'
import { Hono } from 'hono'
import { LinearRouter } from 'hono/router/linear-router'
import { PatternRouter } from 'hono/router/pattern-router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, it } from 'vitest'
import { assertGuarded, writ } from '../src/index.ts'

const { publicKey } = await generateKeyPair()
const guard = writ({ keys: publicKey })

const routers = {
  'SmartRouter, the default': undefined,
  RegExpRouter,
  TrieRouter,
  LinearRouter,
  PatternRouter,
}

const segment = fc.constantFrom(
  'a',
  'b',
  ':p',
  ':q',
  '*',
  ':n{[0-9]+}',
  ':n{\\d+}',
  ':r{.+}',
  ':r{.*}',
  ':o{a|b}',
  'a*',
)
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '', '/*', '/', '/:z?'))
  .map(([segments, end]) => `${segments.map((one) => `/${one}`).join('')}${end}` || '/')
const url = fc
  .array(fc.constantFrom('a', 'b', '7', '', 'a%0Ab', '%2F', 'ab', '%C3%A9', '~writ', 'x.y'), { maxLength: 5 })
  .map((segments) => `/${segments.join('/')}`)

describe.each(Object.entries(routers))('on %s', (_name, Router) => {
  it('no request reaches a handler past the guards that assertGuarded accepts for it', async () => {
    let refused = 0
    const property = fc.asyncProperty(
      fc.array(pattern, { minLength: 1, maxLength: 2 }),
      pattern,
      url,
      async (guards, route, path) => {
        const app = new Hono(Router && { router: new Router() })
        // Some routers refuse some patterns, at once or at the first request.
        const answer = await (async () => {
          for (const one of guards) app.use(one, guard({ resource: 'invoices' }))
          app.get(route, (c) => c.text('reached'))
          assertGuarded(app)
          return (await app.request(`http://localhost${path}`)).text()
        })().catch(() => '')
        expect(answer, `${path} slips past ${guards} to ${route}`).not.toBe('reached')
        if (answer.includes('missing_token')) refused += 1
      },
    )
    await fc.assert(property, { numRuns: 3000 })
    expect(refused).toBeGreaterThan(50)
  })
})
