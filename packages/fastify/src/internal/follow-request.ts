import { isDeepStrictEqual } from 'node:util'
import { attachedCapability, type GuardEngine, type GuardOutcome } from '@writ/http'
import type { FastifyRequest } from 'fastify'
import { isStillShown, type Shown, shownBy, viewOf } from './request-view.ts'

type Decide = GuardEngine<FastifyRequest>['decideSoon']
type Outcome = GuardOutcome | undefined

/**
 * Follows one request through the hooks of a guard. Each hook calls the function that it returns. The result is the new
 * decision, or `undefined` if the decision waits for the body or nothing has changed. It is a promise only if something has to
 * wait. If a schema or a hook has changed the method, the URL, a param, the query or the body, the guard decides again, so that
 * it has decided about what the handler will read.
 */
export function followRequest(
  requirements: Parameters<Decide>[0],
  decide: Decide,
  request: FastifyRequest,
): () => Outcome | Promise<Outcome> {
  let step = begin
  let shown = shownBy(request, false)
  let readsBody = false
  let isParsed = false
  /** Both are made when they are first needed, since most decisions are made at once. */
  let body: Deferred<unknown> | undefined
  let asked: Deferred<undefined> | undefined
  let waiting: Promise<GuardOutcome> | undefined

  function decideAbout(bodyNow: () => unknown): GuardOutcome | Promise<GuardOutcome> {
    const view = viewOf(request, shown, () => {
      readsBody = true
      asked?.resolve(undefined)
      return bodyNow()
    })
    return decide(requirements, view, request)
  }

  function laterBody(): unknown {
    if (isParsed) return request.body
    body ??= deferred()
    return body.promise
  }

  function begin(): Outcome | Promise<Outcome> {
    const outcome = decideAbout(laterBody)
    if (!(outcome instanceof Promise)) return outcome
    waiting = outcome
    if (readsBody) return undefined
    asked = deferred()
    return Promise.race([outcome, asked.promise]).then((first) => {
      if (first) waiting = undefined
      return first
    })
  }

  function goOn(): Outcome | Promise<Outcome> {
    isParsed = true
    body?.resolve(request.body)
    if (waiting) {
      // The decision is about the rest as it was in `onRequest`: the next hook notices if that has changed.
      shown = { ...shown, body: shownBy(request, readsBody).body }
      return waiting.finally(() => {
        waiting = undefined
      })
    }
    // Without a capability there is no designation that a change could violate.
    if (isUnchanged() || !attachedCapability(request)) return undefined
    shown = shownBy(request, readsBody)
    return decideAbout(() => request.body)
  }

  function isUnchanged(): boolean {
    return readsBody ? isSame(shownBy(request, readsBody), shown) : isStillShown(request, shown)
  }

  return () => {
    const now = step
    step = goOn
    return now()
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

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

/** Like `Promise.withResolvers`, which older versions of Node 20 lack. */
function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
