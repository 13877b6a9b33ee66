import { CapabilityError } from '@writ/core/verify'
import { type GuardEngine, RefusalError } from '@writ/http'
import type { Request } from 'express'

/** What a guard decided about, in every way in which Express may write the same URL. */
export interface Target {
  readonly method: string
  readonly urls: readonly string[]
}

/** Of a refusal: no request is about it. */
export const NOTHING: Target = { method: '', urls: [] }

type Engine = Pick<GuardEngine<Request>, 'unguarded'>

/** By request: what each guard in `use()` decided about, the last time that it let the request pass. */
const pinned = new WeakMap<object, Map<object, Target>>()

/** The method and URL that Express routes by, whatever mount it is in. */
export function targetOf({ method, baseUrl = '', url }: Request): Target {
  const below = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '')
  // A mount adds a slash where nothing is left, and cuts one off its own end.
  const urls = [`${baseUrl}${below}`]
  if (baseUrl !== '') urls.push(`${baseUrl}/${below}`, baseUrl + below.replace(/^\/(?=\?|$)/, ''))
  return { method, urls }
}

/** Whether both are about the same request. */
export function sameTarget(one: Target, other: Target): boolean {
  return one.method === other.method && one.urls.some((url) => other.urls.includes(url))
}

/**
 * Holds a request to what a guard in `use()` decided about: no route is entered by another method or URL. What stands between, as
 * `method-override`, can still change both, so it is looked at where Express enters a route.
 */
export function pinDecision(req: Request, guard: object, target: Target, engine: Engine): void {
  ;(pinned.get(req) ?? watch(req, engine)).set(guard, target)
}

/**
 * Express sets `req.route` twice: when it has found a route, and in `Route.dispatch`, when it enters it. There it catches what
 * is thrown, whoever called `next`, and whenever: nothing that changes the request in a timer can end the process.
 */
function watch(req: Request, engine: Engine): Map<object, Target> {
  const pins = new Map<object, Target>()
  let current: unknown = req.route
  let found: unknown
  Object.defineProperty(req, 'route', {
    configurable: true,
    enumerable: true,
    get: () => current,
    set(route: unknown) {
      const enters = route !== undefined && route === found
      current = route
      found = enters ? undefined : route
      if (!enters) return
      const now = targetOf(req)
      for (const decided of pins.values()) if (!sameTarget(decided, now)) throw changed(decided, now, engine)
    },
  })
  pinned.set(req, pins)
  return pins
}

/** For the app's error handling: its order is wrong, and nobody has decided about what the route would get. */
function changed(decided: Target, now: Target, engine: Engine): RefusalError {
  const [expected, actual] = [decided, now].map(({ method, urls }) => `${method} ${urls[0]}`)
  return new RefusalError({ ...engine.unguarded(), error: new CapabilityError('unguarded', { expected, actual }) })
}
