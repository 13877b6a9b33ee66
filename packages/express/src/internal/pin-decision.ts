import { CapabilityError } from '@writ/core/verify'
import { type GuardEngine, RefusalError } from '@writ/http'
import type { Request } from 'express'

/** What a guard decided about: the method, and the URL in every form in which Express may write it. */
export interface Target {
  readonly method: string
  readonly urls: readonly string[]
}

/** The target of a refusal: no request matches it. */
export const NOTHING: Target = { method: '', urls: [] }

type Engine = Pick<GuardEngine<Request>, 'unguarded'>

/** What each guard in `use()` decided about when it last let a request pass; by request. */
const pinned = new WeakMap<object, Map<object, Target>>()

/** The method and the full URL that Express routes by, inside of any mount. */
export function targetOf({ method, baseUrl = '', url }: Request): Target {
  const below = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '')
  // A mount adds a slash if nothing is left of the URL, and removes one from the end of its own path.
  const urls = [`${baseUrl}${below}`]
  if (baseUrl !== '') urls.push(`${baseUrl}/${below}`, baseUrl + below.replace(/^\/(?=\?|$)/, ''))
  return { method, urls }
}

/** Whether two targets are the same method and URL. */
export function sameTarget(one: Target, other: Target): boolean {
  return one.method === other.method && one.urls.some((url) => other.urls.includes(url))
}

/**
 * Holds a request to what a guard in `use()` decided about: it enters no route with another method or URL. Middleware
 * after the guard, such as `method-override`, can still change both, so they are compared when Express enters a route.
 */
export function pinDecision(req: Request, guard: object, target: Target, engine: Engine): void {
  ;(pinned.get(req) ?? watch(req, engine)).set(guard, target)
}

/**
 * Express sets `req.route` twice: when it has found a route, and in `Route.dispatch`, when it enters it. At the second
 * time it catches what the setter throws, even if `next` was called from a timer, so a late change of the request cannot
 * end the process.
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

/**
 * The error for the app's error handlers: the order of its middleware is wrong, and no guard has decided about this
 * target.
 */
function changed(decided: Target, now: Target, engine: Engine): RefusalError {
  const [expected, actual] = [decided, now].map(({ method, urls }) => `${method} ${urls[0]}`)
  return new RefusalError({ ...engine.unguarded(), error: new CapabilityError('unguarded', { expected, actual }) })
}
