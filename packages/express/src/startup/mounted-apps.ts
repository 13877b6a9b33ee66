import { type App, type Layer, stackOf } from './layer.ts'

// Express mounts an app by a closure, so a layer does not tell which app it runs. This map remembers it where it is known.
const mounted = new WeakMap<Layer, App>()
const watched = new WeakSet<App>()
const asserted = new WeakMap<App, { readonly strict: boolean }>()

/** Whether a layer runs a mounted app. */
export function isMountedApp(layer: Layer): boolean {
  return layer.name === 'mounted_app'
}

/** The app that a layer runs, if it has been passed to this module. */
export function mountedApp(layer: Layer): App | undefined {
  return mounted.get(layer)
}

/** Whether `assertGuarded` has passed for an app; with `strict`, whether it has passed strictly. */
export function wasAsserted(app: App, strict: boolean): boolean {
  const passed = asserted.get(app)
  return passed !== undefined && (passed.strict || !strict)
}

/** Remembers that `assertGuarded` has passed for an app, and where it is or will be mounted. */
export function rememberAsserted(app: App, strict: boolean): void {
  asserted.set(app, { strict })
  findMount(app)
  if (watched.has(app) || typeof app.on !== 'function') return
  watched.add(app)
  app.on('mount', (parent) => {
    const layer = stackOf(parent).stack.at(-1)
    if (layer) mounted.set(layer, app)
  })
}

/** Finds the layer of a mounted app: by its path or, where the version hides paths, the first layer that no other app has. */
export function findMount(app: App): void {
  if (!app.parent) return
  const layers = stackOf(app.parent).stack.filter(isMountedApp)
  if (layers.some((layer) => mounted.get(layer) === app)) return
  const free = layers.find(
    (layer) => !mounted.has(layer) && (layer.rawPath === undefined || String(layer.rawPath) === String(app.mountpath)),
  )
  if (free) mounted.set(free, app)
}
