import { missingParams, requirementOf } from '@writ/http'
import { isErrorHandler, isTerminal, type Layer, type Route } from './layer.ts'
import { type Params, paramLookup } from './params-of.ts'

/** The settings of a walk, and what it has found. */
export interface Walk {
  readonly opaque: readonly unknown[]
  readonly strict: boolean
  readonly problems: string[]
}

/** Walks a route: for each of its methods, a guard must come before any handler that may answer. */
export function walkRoute(route: Route, covered: boolean, path: string, params: Params, walk: Walk): void {
  const methodsOf = new Map<string, string[]>()
  for (const key of Object.keys(route.methods)) {
    const handlers = route.stack.filter(({ method }) => method === undefined || method === key)
    const open = covered ? undefined : firstOpen(handlers, walk)
    const problems = handlers.flatMap(({ handle }) =>
      missingParams(requirementOf(handle), paramLookup(params)).map((problem) => `: ${problem}`),
    )
    if (open) problems.push(` (${nameOf(open.handle)}) is not guarded`)
    for (const problem of problems) methodsOf.set(problem, [...(methodsOf.get(problem) ?? []), key])
  }
  for (const [problem, methods] of methodsOf) walk.problems.push(`${labelOf(methods)} ${path}${problem}`)
}

/** Whether a function is named in the option `opaque`, by itself or by its name. */
export function isOpaque(handle: Layer['handle'], { opaque }: Pick<Walk, 'opaque'>): boolean {
  return opaque.includes(handle) || opaque.includes(handle.name)
}

export function nameOf(handle: Layer['handle']): string {
  return handle.name || 'anonymous'
}

/** More methods than anyone lists for one route. */
const MANY_METHODS = 9

/** `route.all()` is the method `_all`; `app.all()` adds the route to each of the more than 30 methods that Node knows. */
function labelOf(methods: readonly string[]): string {
  const isAll = methods.includes('_all') || methods.length >= MANY_METHODS
  return isAll ? 'ALL' : [...new Set(methods)].join().toUpperCase()
}

/**
 * The first handler that may answer before a guard has run: the last handler, or one that takes no `next`. With `strict`
 * it is any handler that is not opaque.
 */
function firstOpen(handlers: readonly Layer[], walk: Walk): Layer | undefined {
  const last = handlers.findLast((layer) => !isErrorHandler(layer) && requirementOf(layer.handle) === undefined)
  let guarded = false
  for (const layer of handlers) {
    // After an error the guard did not run, or it has refused: an error handler that goes on would step past it.
    if (isErrorHandler(layer)) guarded = false
    else if (requirementOf(layer.handle) !== undefined) guarded = true
    else if (!guarded && (layer === last || isTerminal(layer) || (walk.strict && !isOpaque(layer.handle, walk))))
      return layer
  }
  return undefined
}
