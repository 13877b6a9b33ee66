import { type GuardDescription, listedRoute, missingParams, requirementOf } from '@writ/http'
import { covers, samePath } from './covers.ts'
import { isErrorHandler, isRoot, isStack, isTerminal, type Layer, type Path, type Stack, stackOf } from './layer.ts'
import { isMountedApp, mountedApp, wasAsserted } from './mounted-apps.ts'
import { mergeParams, type Params, paramLookup, paramsOf } from './params-of.ts'
import { formsOf, PARAM, pathOf } from './paths.ts'
import { isOpaque, listRoute, nameOf, type Walk, walkRoute } from './walk-route.ts'

/** What is known of all requests that reach a router. */
export interface Scope {
  /** The path up to here, with an ellipsis for each part that the version of Express hides. */
  readonly prefix: string
  /** Whether an outer guard sees every request that comes here, or everything here is declared public. */
  readonly covered: boolean
  /** The guards that see every request that comes here. */
  readonly guards: readonly GuardDescription[]
  /** Whether a guard in `use()` may have decided about requests that come here. */
  readonly decided: boolean
  /** The params of the outer mounts, if this router merges them. */
  readonly inherited: Params
}

/** The whole app, before anything in it has run. */
export const EVERYTHING: Scope = { prefix: '', covered: false, guards: [], decided: false, inherited: new Map() }

const SKIPPABLE =
  'its guard in use() may be skipped, because use() of a path with params stands between: put the guard last, or in the route'

/** Walks the layers of an app or a router in the order of registration. */
export function walkStack({ stack, params: callbacks = {} }: Stack, scope: Scope, walk: Walk): void {
  let guards: Layer[] = []
  const skippable: Layer[] = []
  const early = new Set<string>()
  let declaredPublic: Layer | undefined
  for (const layer of stack) {
    const path = join(scope.prefix, pathOf(layer))
    const own = paramsOf(layer)
    const params = mergeParams(scope.inherited, own)
    const description = layer.route ? undefined : requirementOf(layer.handle)
    const covering = guards.filter((guard) => covers(guard, layer))
    let covered = scope.covered || covering.length > 0
    const standing = [...scope.guards, ...descriptionsOf(covering)]
    if (description === undefined && skippable.some((guard) => covers(guard, layer)))
      walk.problems.push(`${layer.route ? 'route' : 'use'} ${path || '/'}: ${SKIPPABLE}`)
    let added: Layer | undefined
    if (layer.route) {
      walkRoute(layer.route, covered, path || '/', params, walk)
      if (walk.rows) listRoute(layer.route, standing, path || '/', walk.rows)
    } else if (description === undefined) {
      const isPublic = declaredPublic !== undefined && samePath(declaredPublic, layer)
      covered ||= isPublic
      if (isPublic) standing.push('public')
      const decided = scope.decided || guards.length > 0
      walkMount(layer, { prefix: path, covered, guards: standing, decided, inherited: params }, walk)
    } else if (description !== 'public') {
      added = layer
      for (const problem of missingParams(description, paramLookup(params)))
        walk.problems.push(`use ${path || '/'}: ${problem}`)
    }
    if (!covered && description !== 'public')
      for (const name of Object.keys(callbacks)) if (own === undefined || own.has(name)) early.add(name)
    declaredPublic = description === 'public' ? layer : undefined
    if (!layer.route && mayRewrite(layer)) {
      // Where a guard runs for every request of this layer, it has run before the URL changes.
      skippable.push(...guards.filter((guard) => !covers(guard, layer)))
      guards = guards.filter((guard) => covers(guard, layer))
    }
    // An error skips guards, and an error handler that goes on leads past them: what follows needs guards of its own.
    if (!layer.route && isErrorHandler(layer)) guards = []
    if (added) guards.push(added)
  }
  if (walk.strict) reportCallbacks(callbacks, early, scope, walk)
}

/**
 * Whether Express may change the URL of a request for the layers that come after a layer in `use()`. It cuts the matched path off
 * and puts it back; where it has encoded characters of the path in between, as in `/x'/y#`, it does not put the same text back.
 */
function mayRewrite(layer: Layer): boolean {
  const forms = formsOf(layer)
  const isLiteral = forms.length > 0 && forms.every(({ segments, whole }) => whole && !segments.includes(PARAM))
  return !isRoot(layer) && !isLiteral
}

/** What each guard demands. An array among them stays one: it is a guard that demands one of several. */
function descriptionsOf(guards: readonly Layer[]): GuardDescription[] {
  return guards.map(({ handle }) => requirementOf(handle)).filter((one) => one !== undefined)
}

/** Walks a handler, a router or an app in `use()`. */
function walkMount(layer: Layer, scope: Scope, walk: Walk): void {
  const { handle } = layer
  const at = `use ${scope.prefix || '/'} (${nameOf(handle)})`
  if (scope.decided && handle.name === 'methodOverride')
    walk.problems.push(`${at} changes the method that a guard in use() has decided about: put it before the guard`)
  if (isOpaque(handle, walk) || walk.opaque.includes(pathOf(layer))) return
  if (walk.rows && listMount(layer, scope, walk, walk.rows)) return
  if (isStack(handle)) {
    walkStack(handle, { ...scope, inherited: handle.mergeParams ? scope.inherited : new Map() }, walk)
  } else if (isMountedApp(layer)) {
    const app = mountedApp(layer)
    if (scope.covered || (app && (wasAsserted(app, walk.strict) || walk.opaque.includes(app)))) return
    walk.problems.push(`${at}: a mounted app, call assertGuarded for it first or name it in opaque`)
  } else if (walk.strict && !scope.covered && !isErrorHandler(layer)) {
    walk.problems.push(`${at} is not guarded: put a guard before it, or name it in opaque`)
  }
}

/** Lists what stands in `use()` and is no router. Returns whether it has done so. */
function listMount(layer: Layer, scope: Scope, walk: Walk, rows: NonNullable<Walk['rows']>): boolean {
  const { handle } = layer
  if (isStack(handle)) return false
  const app = isMountedApp(layer) ? mountedApp(layer) : undefined
  if (app) walkStack(stackOf(app), { ...scope, inherited: new Map() }, walk)
  else if (isMountedApp(layer)) rows.push(listedRoute('ALL', scope.prefix || '/', scope.guards, 'unknown'))
  else if (!isErrorHandler(layer) && (walk.strict || isTerminal(layer)))
    rows.push(listedRoute('ALL', scope.prefix || '/', scope.guards))
  return true
}

/** Reports callbacks of `param()`: Express runs them before the handlers of the layer, which include its guards. */
function reportCallbacks(callbacks: Stack['params'], early: ReadonlySet<string>, scope: Scope, walk: Walk): void {
  for (const name of early) {
    for (const callback of callbacks[name] ?? []) {
      if (!isOpaque(callback, walk))
        walk.problems.push(`param ${name} (${nameOf(callback)}) of ${scope.prefix || '/'} runs before the guard`)
    }
  }
}

function join(prefix: string, path: Path | undefined): string {
  if (path === '/') return prefix
  return `${prefix}${path === undefined ? '…' : String(path)}`
}
