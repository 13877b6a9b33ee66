import { requirementOf } from '@writ/http'
import { isErrorHandler, isTerminal, type Layer, type Route } from './layer.ts'
import { missingParams, type Params } from './params-of.ts'

/** What a walk takes as it is, and what it has found. */
export interface Walk {
  readonly opaque: readonly unknown[]
  readonly strict: boolean
  readonly problems: string[]
}

/** A route: for each of its methods, a guard must stand before whatever may answer. */
export function walkRoute(route: Route, covered: boolean, path: string, params: Params, walk: Walk): void {
  const methodsOf = new Map<string, string[]>()
  for (const key of Object.keys(route.methods)) {
    const handlers = route.stack.filter(({ method }) => method === undefined || method === key)
    const open = covered ? undefined : firstOpen(handlers, walk)
    const problems = handlers.flatMap(({ handle }) => missingParams(handle, params).map((problem) => `: ${problem}`))
    if (open) problems.push(` (${nameOf(open.handle)}) is not guarded`)
    for (const problem of problems) methodsOf.set(problem, [...(methodsOf.get(problem) ?? []), key])
  }
  for (const [problem, methods] of methodsOf) walk.problems.push(`${labelOf(methods)} ${path}${problem}`)
}

/** Whether a handler is named as one to be taken as it is, by itself or by name. */
export function isOpaque(handle: Layer['handle'], { opaque }: Walk): boolean {
  return opaque.includes(handle) || opaque.includes(handle.name)
}

export function nameOf(handle: Layer['handle']): string {
  return handle.name || 'anonymous'
}

/** `app.all()` counts as every method there is. */
function labelOf(methods: readonly string[]): string {
  return methods.length > 8 ? 'ALL' : [...new Set(methods)].join().replace('_all', 'all').toUpperCase()
}

/** The first handler that may answer before a guard has run: the last, one that takes no `next`, or with `strict` any. */
function firstOpen(handlers: readonly Layer[], walk: Walk): Layer | undefined {
  const normal = handlers.filter((layer) => !isErrorHandler(layer))
  const last = normal.findLast(({ handle }) => requirementOf(handle) === undefined)
  for (const layer of normal) {
    if (requirementOf(layer.handle) !== undefined) return undefined
    if (layer === last || isTerminal(layer) || (walk.strict && !isOpaque(layer.handle, walk))) return layer
  }
  return undefined
}
