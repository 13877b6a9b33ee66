/** A path as Express takes it. */
export type Path = string | RegExp | readonly Path[]

/** What Express 4 and 5 keep of a handler, a route or a mounted router; none of it is public, so all of it may be absent. */
export interface Layer {
  readonly handle: ((...args: never[]) => unknown) & { readonly stack?: Layer[]; readonly mergeParams?: boolean }
  readonly name: string
  readonly route?: Route
  /** Of a handler within a route; `undefined`: every method. */
  readonly method?: string
  /** Router 2.3 and later: the path of a mount. */
  readonly rawPath?: Path
  /** Router 2: mounted at `/`. */
  readonly slash?: boolean
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  /** Express 4: the params of the path. */
  readonly keys?: readonly { readonly name: string | number }[]
  match(path: string): unknown
}

export interface Route {
  readonly path: Path
  readonly stack: readonly Layer[]
  readonly methods: Readonly<Record<string, boolean>>
}

/** As far as an app or a router is walked. */
export interface App {
  /** Of a router, and of the router of an app. */
  readonly stack?: Layer[]
  readonly router?: { readonly stack: Layer[] }
  readonly _router?: { readonly stack: Layer[] }
  readonly lazyrouter?: unknown
  /** Of an app that is mounted: where, and at which path. */
  readonly parent?: App
  readonly mountpath?: Path
  on?(event: 'mount', listener: (parent: App) => void): unknown
}

/** The layers of an app or a router, in the order of registration. Errors: `TypeError` for anything else. */
export function stackOf(app: App): readonly Layer[] {
  if (typeof (app as unknown) === 'function') {
    if (Array.isArray(app.stack)) return app.stack
    // Express 4 has a getter `router` that throws, and no router before the first route.
    if (typeof app.lazyrouter === 'function') return app._router?.stack ?? []
    if (Array.isArray(app.router?.stack)) return app.router.stack
  }
  throw new TypeError('app: must be an Express app or router')
}

/** The path of a mount; `'/'` is known in every version, others are not. */
export function mountPathOf(layer: Layer): Path | undefined {
  return isRoot(layer) ? '/' : layer.rawPath
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
