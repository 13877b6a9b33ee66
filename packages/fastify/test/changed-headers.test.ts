import { createTestAuthority } from '@writ/testing'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import writ, { type WritOptions } from '../src/index.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })

let app: FastifyInstance
afterEach(() => app.close())

/** The status of a request whose headers a hook has changed before the guard. */
async function statusOf(
  change: (request: FastifyRequest) => unknown,
  more: Partial<WritOptions> = {},
): Promise<string> {
  app = fastify()
  const hints: (string | undefined)[] = []
  app.addHook('onRequest', async (request) => void change(request))
  await app.register(writ, {
    keys: authority.publicKey,
    anchor: null,
    now: authority.now,
    onDecision: ({ hint }) => hints.push(hint),
    ...more,
  })
  app.get('/:tenantId', { config: { capability: { resource: 'files', designate: ['tenantId'] } } }, async () => 'ok')
  const { statusCode } = await app.inject({ url: '/acme', headers: { cookie: 'session=1' } })
  return `${statusCode}${hints.some((hint) => hint?.includes('headersFrom')) ? ' with a hint' : ''}`
}

describe.each<[string, (request: FastifyRequest) => unknown]>([
  ['in place', (request) => Object.assign(request.headers, { authorization: `Bearer ${token}` })],
  ['by an object of its own', (request) => Object.assign(request, { headers: { authorization: `Bearer ${token}` } })],
])('a hook that sets a header %s', (_name, change) => {
  it('is not heard, and the decision has a hint', async () => {
    expect(await statusOf(change)).toBe('401 with a hint')
  })

  it("is heard with headersFrom: 'request'", async () => {
    expect(await statusOf(change, { headersFrom: 'request' })).toBe('200')
  })
})

it('a request whose headers no hook has changed has no hint', async () => {
  expect(await statusOf(() => {})).toBe('401')
})
