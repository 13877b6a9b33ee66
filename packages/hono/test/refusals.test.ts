import { createTestAuthority } from '@writ/testing'
import fc from 'fast-check'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { timeout } from 'hono/timeout'
import { describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'

// A plain run draws one in six of the cases, `npm run check -- --full` draws all, on the other runtimes.
const SHARE = process.env['WRIT_LONG'] === '1' ? 1 : 1 / 6

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const requirement = { resource: 'files', designate: ['tenantId'] }
const credentials = authority.headersFor(token)
const refusals = ['answer', 'error'] as const

/** Whatever was only waiting for promises has run by then. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe.each(['acme', 'globex'])('a request for %s that somebody answers while the guard decides', (tenant) => {
  const late = (c: Context) => c.text('late', 504)
  it.each<[string, MiddlewareHandler]>([
    ['timeout()', timeout(1)],
    ['a race that returns its answer', async (c, next) => Promise.race([next(), Promise.resolve(late(c))]) as never],
    [
      'middleware that does not wait for next',
      async (c, next) => {
        void next()
        return late(c)
      },
    ],
    [
      'middleware that sets its answer beside next',
      async (c, next) => {
        void next()
        c.res = late(c)
      },
    ],
  ])('reaches no handler and no onError afterwards: %s', async (_name, middleware) => {
    for (const refuse of refusals) {
      const runs: string[] = []
      const [asked, decided] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const onDecision = () => {
        asked.resolve()
        return decided.promise
      }
      const guard = writ({ ...options, refuse, onDecision })
      const app = new Hono().use(middleware).use('/:tenantId/*', guard(requirement), async (_c, next) => {
        runs.push('middleware')
        await next()
      })
      app.get('/:tenantId/logo', (c) => c.text(String(runs.push('handler'))))
      app.onError((error, c) => {
        if (!(error instanceof HTTPException)) runs.push(`onError: ${error.message}`)
        return late(c)
      })
      expect((await app.request(`/${tenant}/logo`, { headers: credentials })).status).toBe(504)
      await asked.promise
      decided.resolve()
      await settled()
      expect(runs).toEqual([])
    }
  })
})

/** Some turns of the loop of promises, or of the whole loop. */
async function jitter(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
  if (turns > 4) await settled()
}

type Layer = (turns: number, after: number) => MiddlewareHandler
const layers: Record<string, Layer> = {
  waits: (turns, after) => async (_c, next) => {
    await jitter(turns)
    await next()
    await jitter(after)
  },
  'sets headers': (turns, after) => async (c, next) => {
    c.header('X-Before', String(turns))
    await next()
    await jitter(after)
    c.res.headers.set('X-After', String(after))
  },
  'makes the answer anew': (_turns, after) => async (c, next) => {
    await next()
    await jitter(after)
    c.res = new Response(await c.res.text(), c.res)
  },
  'streams it': (turns) => async (c, next) => {
    await next()
    const slow = new TransformStream({
      transform: async (chunk, controller) => {
        await jitter(turns)
        controller.enqueue(chunk)
      },
    })
    c.res = new Response(c.res.body?.pipeThrough(slow) ?? null, c.res)
  },
  'has answered before': (turns) => async (c, next) => {
    c.res = c.text('before')
    await jitter(turns)
    await next()
  },
  'compress()': () => compress(),
  'etag()': () => etag(),
  'timeout()': () => timeout(60_000),
}

describe('with random delays in every hook', () => {
  it('a refusal is the answer, and nothing behind the guard runs; else all of it does', async () => {
    const turns = fc.nat(6)
    let answers = { 200: 0, 401: 0, 403: 0 }
    const property = fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(layers)), turns, turns), { maxLength: 4 }),
      fc.constantFrom('route', 'use', 'every', 'sub-app', 'sub-app with onError'),
      fc.constantFrom(...refusals),
      fc.constantFrom<[200 | 401 | 403, string, object]>(
        [200, 'acme', credentials],
        [401, 'acme', {}],
        [403, 'globex', credentials],
        [403, 'acme', { authorization: 'Bearer x' }],
      ),
      fc.array(turns, { minLength: 7, maxLength: 7 }),
      async (around, place, refuse, [status, tenant, headers], [a, b, c1, d, e, f, g]) => {
        const runs: string[] = []
        const run = async (name: string, delay = 0) => {
          await jitter(delay)
          runs.push(name)
          await jitter(delay)
        }
        const guard = writ({
          ...options,
          refuse,
          keys: async () => {
            await jitter(a ?? 0)
            return authority.publicKey
          },
          onDecision: () => jitter(b ?? 0),
          ...(refuse === 'answer' && { onRefusal: () => void jitter(c1 ?? 0) }),
        })({
          resource: 'files',
          designate: {
            tenantId: async ({ path }) => {
              await jitter(d ?? 0)
              return path.split('/').at(-1)
            },
          },
        })
        const app = new Hono()
        for (const [name, before, after] of around) app.use((layers[name] as Layer)(before, after))
        const inner = place.startsWith('sub-app') ? new Hono() : app
        const onError = async (error: Error, c: Context) => {
          await jitter(e ?? 0)
          return 'getResponse' in error
            ? (error as unknown as { getResponse(): Response }).getResponse()
            : c.text(String(error), 500)
        }
        app.onError(onError)
        if (place === 'sub-app with onError') inner.onError(onError)
        if (place === 'every') inner.use(every(guard, (_c, next) => run('every', f).then(next)))
        else if (place !== 'route') inner.use(guard)
        inner.use((_c, next) => run('middleware', f).then(next))
        inner.get('/:tenantId', place === 'route' ? guard : (_c, next) => next(), async (c) => {
          await run('handler', g)
          return c.text('handled')
        })
        if (inner !== app) app.route('/sub', inner)
        const path = inner === app ? `/${tenant}` : `/sub/${tenant}`
        const response = await app.request(path, {
          headers: { ...headers, 'if-none-match': '*', 'accept-encoding': 'br' },
        })
        const text = await response.text()
        await settled()
        if (status === 200) {
          expect(runs).toContain('handler')
        } else {
          expect([response.status, runs.filter((name) => place !== 'route' || name !== 'middleware')]).toEqual([
            status,
            [],
          ])
          expect(JSON.parse(text)).toMatchObject({ status })
          expect(response.headers.get('cache-control')).toBe('no-store')
        }
        answers = { ...answers, [status]: answers[status] + 1 }
      },
    )
    await fc.assert(property, { numRuns: Math.ceil(1000 * SHARE) })
    expect(Math.min(...Object.values(answers))).toBeGreaterThan(20 * SHARE)
  })
})
