/** A path as Express takes it. */
export type Path = string | RegExp | readonly Path[]

/**
 * What Express 4 and 5 store for a handler, a route or a mounted router. It is not public API, so any of it may be
 * absent.
 */
export interface Layer {
  readonly handle: ((...args: never[]) => unknown) & Partial<Stack> & { readonly mergeParams?: boolean }
  readonly name: string
  readonly route?: Route
  /** The method of a handler within a route; `undefined`: every method. */
  readonly method?: string
  /** Router 2.3 and later: the path of a mount. */
  readonly rawPath?: Path
  /** Router 2: mounted at `/`. */
  readonly slash?: boolean
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean; readonly fast_star?: boolean }
  /** Express 4: the params of the path. */
  readonly keys?: readonly { readonly name: string | number }[]
}

/** What a router holds: its layers in the order of registration, and its callbacks of `param()` by name. */
export interface Stack {
  readonly stack: readonly Layer[]
  readonly params: Readonly<Record<string, readonly Layer['handle'][]>>
}

export interface Route {
  readonly path: Path
  readonly stack: readonly Layer[]
  readonly methods: Readonly<Record<string, boolean>>
}

/** The parts of an app or a router that the walk reads. */
export interface App extends Partial<Stack> {
  readonly router?: Stack
  readonly _router?: Stack
  readonly lazyrouter?: unknown
  /** Where an app is mounted, and at which path. */
  readonly parent?: App
  readonly mountpath?: Path
  on?(event: 'mount', listener: (parent: App) => void): unknown
}

/** What Express 4 puts before everything else in an app. */
const BUILT_IN = ['query', 'expressInit']

/** Returns the layers and callbacks of an app or a router; throws a `TypeError` for anything else. */
export function stackOf(app: App): Stack {
  if (typeof (app as unknown) === 'function') {
    if (isStack(app)) return app
    // Express 4 has a getter `router` that throws, and no router before the first route.
    if (typeof app.lazyrouter === 'function') {
      const { stack = [], params = {} } = app._router ?? {}
      return { stack: stack.filter(({ name }, index) => name !== BUILT_IN[index]), params }
    }
    if (app.router && isStack(app.router)) return app.router
  }
  throw new TypeError('app: must be an Express app or router')
}

/** Whether a handler is a router. */
export function isStack(handle: Partial<Stack>): handle is Stack {
  return Array.isArray(handle.stack)
}

/** Whether a layer sees every request that reaches its router. */
export function isRoot(layer: Layer): boolean {
  return layer.slash === true || layer.regexp?.fast_slash === true
}

/** A layer that can only answer: it takes no `next`. */
export function isTerminal({ handle }: Layer): boolean {
  return handle.length < 3
}

/** A layer that runs only after an error. */
export function isErrorHandler({ handle }: Layer): boolean {
  return handle.length === 4
}
