import { isDeepStrictEqual } from 'node:util'
import { attachedCapability, type GuardEngine, type GuardOutcome } from '@writ/http'
import type { FastifyRequest } from 'fastify'
import { type Shown, shownBy, viewOf } from './request-view.ts'

type Decide = GuardEngine<FastifyRequest>['decide']

/**
 * Follows one request through the hooks of a guard. Each hook calls the function that it returns. The result is the new
 * decision, or `undefined` if the decision waits for the body or nothing has changed. If a schema or a hook has changed
 * the method, the URL, a param, the query or the body, the guard decides again, so that it has decided about what the
 * handler will read.
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
      // The decision is about the rest as it was in `onRequest`: the next hook notices if that has changed.
      shown = { ...shown, body: now.body }
      const outcome = await waiting
      waiting = undefined
      return outcome
    }
    // Without a capability there is no designation that a change could violate.
    if (isSame(now, shown) || !attachedCapability(request)) return undefined
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

/** Whether nothing has changed. A body that is nested too deeply to be compared counts as changed: deciding again is safe. */
function isSame(now: Shown, before: Shown): boolean {
  try {
    return isDeepStrictEqual(now, before)
  } catch {
    return false
  }
}

/** Like `Promise.withResolvers`, which older versions of Node 20 lack. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
