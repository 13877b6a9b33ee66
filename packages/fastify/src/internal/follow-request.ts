import { isDeepStrictEqual } from 'node:util'
import { attachedCapability, type GuardEngine, type GuardOutcome } from '@writ/http'
import type { FastifyRequest } from 'fastify'
import { shownBy, viewOf } from './request-view.ts'

type Decide = GuardEngine<FastifyRequest>['decide']

/**
 * Follows one request through the hooks of a guard. The function that it returns is called in each of them, and returns what has been
 * decided since the last call: `undefined` where the decision waits for the body, or nothing is new. What a handler will read is what was
 * decided about: where a schema or a hook has made another method, URL, param, query or body of it, there is another decision.
 */
export function followRequest(
  requirements: Parameters<Decide>[0],
  decide: Decide,
  request: FastifyRequest,
): () => Promise<GuardOutcome | undefined> {
  const [body, asked] = [deferred<unknown>(), deferred<undefined>()]
  let readsBody = false
  let shown = shownBy(request, readsBody)
  let waiting: Promise<GuardOutcome> | undefined

  function decideAbout(bodyNow: unknown): Promise<GuardOutcome> {
    const view = viewOf(request, shown, () => {
      readsBody = true
      asked.resolve(undefined)
      return bodyNow
    })
    return decide(requirements, view, request)
  }

  async function begin(): Promise<GuardOutcome | undefined> {
    waiting = decideAbout(body.promise)
    const outcome = await Promise.race([waiting, asked.promise])
    if (outcome) waiting = undefined
    return outcome
  }

  async function goOn(): Promise<GuardOutcome | undefined> {
    body.resolve(request.body)
    const now = shownBy(request, readsBody)
    if (waiting) {
      // The rest was shown in `onRequest`: if that has changed, the next hook notices.
      shown = { ...shown, body: now.body }
      const outcome = await waiting
      waiting = undefined
      return outcome
    }
    // Without a capability there is nothing that could be for another object.
    if (isDeepStrictEqual(now, shown) || !attachedCapability(request)) return undefined
    shown = now
    return decideAbout(request.body)
  }

  let step = begin
  return () => {
    const result = step()
    step = goOn
    return result
  }
}

/** `Promise.withResolvers`, which Node has from version 22 on. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
