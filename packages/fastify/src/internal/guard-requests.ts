import { isDeepStrictEqual } from 'node:util'
import { attachCapability, attachedCapability, type GuardOutcome, type HttpGuard, RefusalError } from '@writ/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requirementOf } from '../requirement-of.ts'
import { paramsOf, viewOf } from './request-view.ts'

/**
 * Decides about every request of the routes in scope in `onRequest`, so that strangers have no body parsed. A decision that asks for the
 * body is one whose token has passed everything else: it is finished in `preHandler`. There, params that a schema has coerced are
 * decided about once more. `isOpen`: whether a route that declares nothing lets everybody pass.
 */
export function guardRequests(
  fastify: FastifyInstance,
  engine: HttpGuard<FastifyRequest>,
  isOpen: (request: FastifyRequest) => boolean,
): void {
  const passages = new WeakMap<FastifyRequest, () => Promise<void>>()

  async function settle(outcome: GuardOutcome, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (outcome.allowed) return attachCapability(request, outcome.capability)
    if (engine.refuse !== 'answer') throw new RefusalError(outcome.refusal)
    const { status, headers, body } = outcome.refusal
    // Something else, a timeout say, may have answered while the guard was deciding.
    if (!reply.sent) reply.code(status).headers(headers).send(body)
  }

  fastify.addHook('onRequest', async (request, reply) => {
    const declared = requirementOf(request.routeOptions)
    if (request.is404 || declared === 'public' || (!declared && isOpen(request))) return
    if (!declared) return settle({ allowed: false, refusal: engine.unguarded() }, request, reply)

    const requirements = [declared].flat() as unknown as Parameters<typeof engine.decide>[0]
    const [body, asked] = [deferred<unknown>(), deferred<undefined>()]
    const view = viewOf(request, () => {
      asked.resolve(undefined)
      return body.promise
    })
    const decision = engine.decide(requirements, view, request)
    const outcome = await Promise.race([decision, asked.promise])
    if (outcome) await settle(outcome, request, reply)

    passages.set(request, async () => {
      body.resolve(request.body)
      await settle(await decision, request, reply)
      const params = paramsOf(request)
      if (reply.sent || !attachedCapability(request) || isDeepStrictEqual(view.params, params)) return
      // What the handler will see is another object than the one that was asserted. It is the same view, and so the same proof.
      const again = await engine.decide(requirements, Object.assign(view, { params }), request)
      await settle(again, request, reply)
    })
  })

  fastify.addHook('preHandler', async (request) => {
    const finish = passages.get(request)
    passages.delete(request)
    await finish?.()
  })
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
