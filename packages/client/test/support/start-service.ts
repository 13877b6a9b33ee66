import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createRevocationList } from '@writ/core'
import { writ } from '@writ/hono'
import { Hono } from 'hono'
import { type Authority, listen } from './start-authority.ts'

/** A guarded service, that keeps the tokens which it was sent. */
export async function startService(authority: Authority) {
  const tokens: string[] = []
  const runs: string[] = []
  const revocation = createRevocationList()
  const { keys, now } = authority
  const guard = writ({ keys: keys.publicKey, anchor: 'service:orders', revocation, now })
  const app = new Hono()
  const right = { resource: 'orders', operation: 'read', designate: ['tenantId'] }
  app.on(['GET', 'POST'], '/:tenantId/orders', guard(right as never), async (c) => {
    runs.push(await c.req.text())
    return c.json({ tenantId: c.req.param('tenantId') })
  })
  const state: { answer: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined } = {
    answer: undefined,
  }
  const listener = getRequestListener(app.fetch)
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization?.slice('Bearer '.length) ?? 'none')
    if (state.answer === undefined) void listener(request, response)
    else state.answer(request, response)
  })
  return {
    ...(await listen(server)),
    tokens,
    /** The bodies that the handler has seen. */
    runs,
    revocation,
    /** Answers every request in place of the service. */
    answerWith(answer: typeof state.answer) {
      state.answer = answer
    },
  }
}

export type Service = Awaited<ReturnType<typeof startService>>
