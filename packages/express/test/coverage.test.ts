import { generateKeyPair } from '@writ/core'
import type { Request, Response } from 'express'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertGuarded, writ } from '../src/index.ts'
import { type ExpressModule, versions } from './express-target.ts'

const { publicKey } = await generateKeyPair()
const guard = writ({ keys: publicKey })

const segment = (...patterns: string[]) => fc.constantFrom('a', ':x', 'a-:x', ...patterns)
const path = (...patterns: string[]) =>
  fc.array(segment(...patterns), { minLength: 0, maxLength: 2 }).map((segments) => `/${segments.join('/')}`)
const sent = fc.array(fc.constantFrom('a', 'b', 'A', 'a-b', '', '%61'), { maxLength: 3 })

/** Whether a request reaches the handler of `route` without having been through what stands in `use(mount)`. */
function slipsThrough(express: ExpressModule, mount: string, route: string, url: string): boolean {
  const router = express.Router()
  let [seen, reached] = [false, false]
  router.use(mount, (_req, _res, next) => {
    seen = true
    next()
  })
  router.get(route, () => {
    reached = true
  })
  router({ method: 'GET', url, originalUrl: url } as Request, {} as Response, () => {})
  return reached && !seen
}

describe.each(versions)('on %s', (name, express) => {
  const optional =
    name === 'Express 5' ? ['*rest', '{a}', 'a{b}', '{:z}', ':x{.b}'] : [':x?', 'a?', '*', ':x(\\d+)', '?a', 'b+']

  it('no request slips past a guard that assertGuarded takes for a cover', () => {
    fc.assert(
      fc.property(path(...optional), path(...optional), sent, (mount, route, segments) => {
        const app = express()
        try {
          app.use(mount, guard({ resource: 'invoices' }))
          app.get(route, (_req, res) => {
            res.end()
          })
        } catch {
          // A pattern that Express itself refuses.
          return fc.pre(false)
        }
        try {
          assertGuarded(app)
        } catch {
          return
        }
        const url = `/${segments.join('/')}`
        expect(slipsThrough(express, mount, route, url), `${mount} does not cover ${url} of ${route}`).toBe(false)
      }),
      { numRuns: 5000 },
    )
  })
})
