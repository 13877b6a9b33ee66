import { type GuardDescription, type ListedRoute, listedRoute, missingParams, requirementOf } from '@writ/http'
import { isErrorHandler, isTerminal, type Layer, type Route } from './layer.ts'
import { type Params, paramLookup } from './params-of.ts'

/** The settings of a walk, and what it has found. */
export interface Walk {
  readonly opaque: readonly unknown[]
  readonly strict: boolean
  readonly problems: string[]
  /** The routes, in the order of registration, for a walk that lists them. */
  readonly rows?: ListedRoute[] | undefined
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

/** Lists a route: a row for each method, or one for all. `outer` are the guards in `use()` that see its requests. */
export function listRoute(route: Route, outer: readonly GuardDescription[], path: string, rows: ListedRoute[]): void {
  const groups: { readonly guards: readonly GuardDescription[]; readonly methods: string[] }[] = []
  for (const key of Object.keys(route.methods)) {
    const handlers = route.stack.filter(({ method }) => method === undefined || method === key)
    const last = lastHandler(handlers)
    // Without a handler nothing answers here: its guards stand before those of other methods.
    if (!last) continue
    const guards = [...outer, ...guardsBefore(handlers, last)]
    const same = groups.find((group) => isSame(group.guards, guards))
    if (same) same.methods.push(key)
    else groups.push({ guards, methods: [key] })
  }
  for (const { guards, methods } of groups) {
    const label = labelOf(methods)
    for (const method of label === 'ALL' ? [label] : label.split(',')) rows.push(listedRoute(method, path, guards))
  }
}

/** The guards that stand before the first handler that may answer, and after any error handler. */
function guardsBefore(handlers: readonly Layer[], last: Layer): GuardDescription[] {
  let guards: GuardDescription[] = []
  for (const layer of handlers) {
    const description = requirementOf(layer.handle)
    if (isErrorHandler(layer)) guards = []
    else if (description !== undefined) guards.push(description)
    else if (layer === last || isTerminal(layer)) return guards
  }
  return guards
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
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
  const last = lastHandler(handlers)
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

function lastHandler(handlers: readonly Layer[]): Layer | undefined {
  return handlers.findLast((layer) => !isErrorHandler(layer) && requirementOf(layer.handle) === undefined)
}
