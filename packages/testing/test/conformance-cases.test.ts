import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type AppDescription, type ConformanceTarget, conformanceCases } from '../src/index.ts'

/** A target whose apps answer as `listener` does, whatever they are described to do. */
function target(listenerOf: (app: AppDescription) => RequestListener): ConformanceTarget {
  return {
    name: 'no adapter',
    async mount(app) {
      const server = createServer({ maxHeaderSize: 65_536 }, listenerOf(app))
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () => new Promise((resolve) => server.close(() => resolve())),
      }
    },
  }
}

/** Runs the first route's handler for everybody. */
const open = target((app) => (_req, res) => {
  const [route] = [...app.routes, ...app.mounts.flatMap(({ routes }) => routes)]
  res.setHeader('Content-Type', 'application/json')
  res.end(JSON.stringify(route?.handle({ capability: undefined, params: {} })))
})
/** Refuses everybody, with a status that a guard may give. */
const closed = target(() => (_req, res) => {
  res.statusCode = 403
  res.end()
})
/** Refuses everybody in the very words of a guard. */
const wordy = target(() => (_req, res) => {
  res.statusCode = 401
  res.setHeader('Content-Type', 'application/problem+json; charset=utf-8')
  res.setHeader('Cache-Control', 'no-store')
  res.setHeader('WWW-Authenticate', 'Bearer realm="writ"')
  const title = 'A capability token is required'
  res.end(JSON.stringify({ type: 'urn:writ:problem:missing_token', title, status: 401, code: 'missing_token' }))
})

/** Whether a case passes on a target. */
const passes = async (name: string, on: ConformanceTarget): Promise<boolean> => {
  const found = conformanceCases(on).find((one) => one.name === name)
  return (await found?.run().then(
    () => true,
    () => false,
  )) as boolean
}

// `npm run check -- --full` sets it, and asks all cases. A plain run asks every fourth.
const LONG = process.env['WRIT_LONG'] === '1'

describe('the conformance suite', () => {
  const cases = conformanceCases(open)

  it('has cases with names of their own', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThan(300)
  })

  it.each(cases.filter((_, index) => LONG || index % 4 === 0).map(({ name }) => name))(
    'tells an adapter from none: %s',
    async (name) => {
      expect((await passes(name, open)) && (await passes(name, closed)) && (await passes(name, wordy))).toBe(false)
    },
  )

  it('skips what a target names, and only what there is', () => {
    const [first] = cases
    const skip = { [first?.name ?? '']: 'not owed' }
    expect(conformanceCases({ ...open, skip })[0]).toMatchObject({ skip: 'not owed' })
    expect(conformanceCases(open)[0]).toMatchObject({ skip: undefined })
    expect(() => conformanceCases({ ...open, skip: { 'no such case': 'x' } })).toThrow(/^skip: there is no case/)
    expect(() => conformanceCases({ ...open, skip: JSON.parse('{"__proto__":"x"}') })).toThrow(
      /^skip: there is no case/,
    )
  })

  it('stops the app of a case that fails', async () => {
    const stopped: boolean[] = []
    const watched: ConformanceTarget = {
      ...open,
      mount: async (app) => {
        const mounted = await closed.mount(app)
        return { ...mounted, close: () => mounted.close().then(() => void stopped.push(true)) }
      },
    }
    await expect(conformanceCases(watched)[0]?.run()).rejects.toThrow()
    expect(stopped).toEqual([true])
  })
})
