import { requirementOf } from '@writ/http'
import { coversMount, coversPath } from './walk-coverage.ts'
import { isErrorHandler, isTerminal, type Layer, mountPathOf, type Path, type Route } from './walk-layers.ts'
import { isMountedApp, mountedApp, wasAsserted } from './walk-mounts.ts'
import { mergeParams, missingParams, type Params, paramsOf } from './walk-params.ts'

/** Where a stack of layers stands. */
export interface Scope {
  /** The path up to here; an ellipsis where the version of Express hides a part of it. */
  readonly prefix: string
  /** Whether a guard above sees every request that comes here. */
  readonly covered: boolean
  /** Params of the mounts above, if this router merges them. */
  readonly inherited: Params
}

/** What a walk takes as it is, and what it has found. */
export interface Walk {
  readonly opaque: readonly unknown[]
  readonly strict: boolean
  readonly problems: string[]
}

/** Walks the layers of an app or a router in the order of registration. */
export function walkStack(stack: readonly Layer[], scope: Scope, walk: Walk): void {
  const guards: Layer[] = []
  let declaredPublic = false
  for (const layer of stack) {
    const { route } = layer
    if (route) {
      const covered = scope.covered || guards.some((guard) => coversPath(guard, route.path))
      walkRoute(layer, route, { ...scope, covered }, walk)
      declaredPublic = false
      continue
    }
    const description = requirementOf(layer.handle)
    const path = mountPathOf(layer)
    const params = mergeParams(scope.inherited, paramsOf(layer, path))
    if (description === undefined) {
      const covered = scope.covered || declaredPublic || guards.some((guard) => coversMount(guard, layer))
      walkMount(layer, { prefix: join(scope.prefix, path), covered, inherited: params }, walk)
    } else if (description !== 'public') {
      guards.push(layer)
      for (const problem of missingParams(layer.handle, params))
        walk.problems.push(`use ${join(scope.prefix, path) || '/'}: ${problem}`)
    }
    declaredPublic = description === 'public'
  }
}

/** A handler, a router or an app in `use()`. */
function walkMount(layer: Layer, scope: Scope, walk: Walk): void {
  const { handle } = layer
  if (isExempt(layer, walk)) return
  if (Array.isArray(handle.stack)) {
    walkStack(handle.stack, { ...scope, inherited: handle.mergeParams ? scope.inherited : new Map() }, walk)
    return
  }
  const app = isMountedApp(layer)
  const reported = app || (walk.strict && isTerminal(layer))
  if (scope.covered || !reported) return
  const advice = app ? ': a mounted app, call assertGuarded for it first or name it in opaque' : ' is not guarded'
  walk.problems.push(`use ${scope.prefix || '/'} (${nameOf(layer)})${advice}`)
}

function isExempt(layer: Layer, { opaque }: Walk): boolean {
  const app = mountedApp(layer)
  if (app && (wasAsserted(app) || opaque.includes(app))) return true
  const path = mountPathOf(layer)
  return [layer.handle, layer.handle.name, path].some((one) => one !== undefined && opaque.includes(one))
}

/** A route: for each of its methods, a guard must stand before whatever may answer. */
function walkRoute(layer: Layer, route: Route, scope: Scope, walk: Walk): void {
  const params = mergeParams(scope.inherited, paramsOf(layer, route.path))
  const path = join(scope.prefix, route.path) || '/'
  const methodsOf = new Map<string, string[]>()
  for (const key of Object.keys(route.methods)) {
    const handlers = route.stack.filter(({ method }) => method === undefined || method === key)
    const open = scope.covered ? undefined : firstOpen(handlers)
    const problems = handlers.flatMap(({ handle }) => missingParams(handle, params).map((problem) => `: ${problem}`))
    if (open) problems.push(` (${nameOf(open)}) is not guarded`)
    for (const problem of problems) methodsOf.set(problem, [...(methodsOf.get(problem) ?? []), key])
  }
  for (const [problem, methods] of methodsOf) walk.problems.push(`${labelOf(methods)} ${path}${problem}`)
}

/** `app.all()` counts as every method there is. */
function labelOf(methods: readonly string[]): string {
  return methods.length > 8 ? 'ALL' : [...new Set(methods)].join().replace('_all', 'all').toUpperCase()
}

/** The first handler that may answer before a guard has run: the last one, or one that takes no `next`. */
function firstOpen(handlers: readonly Layer[]): Layer | undefined {
  const normal = handlers.filter((layer) => !isErrorHandler(layer))
  const last = normal.findLast(({ handle }) => requirementOf(handle) === undefined)
  for (const layer of normal) {
    if (requirementOf(layer.handle) !== undefined) return undefined
    if (layer === last || isTerminal(layer)) return layer
  }
  return undefined
}

function nameOf({ handle }: Layer): string {
  return handle.name || 'anonymous'
}

function join(prefix: string, path: Path | undefined): string {
  if (path === '/') return prefix
  return `${prefix}${path === undefined ? '…' : String(path)}`
}
