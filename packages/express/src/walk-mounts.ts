import { type App, type Layer, stackOf } from './walk-layers.ts'

// Express mounts an app by a closure, so a layer does not tell which app it runs. What is known of an app is kept here by layer.
const mounted = new WeakMap<Layer, App>()
const watched = new WeakSet<App>()
const asserted = new WeakSet<App>()

/** Whether a layer runs a mounted app. */
export function isMountedApp(layer: Layer): boolean {
  return layer.name === 'mounted_app'
}

/** The app that a layer runs, if it was ever named to this module. */
export function mountedApp(layer: Layer): App | undefined {
  return mounted.get(layer)
}

/** Whether `assertGuarded` has passed for an app. */
export function wasAsserted(app: App): boolean {
  return asserted.has(app)
}

/** Remembers that `assertGuarded` has passed for an app, and where it is or will be mounted. */
export function rememberAsserted(app: App): void {
  asserted.add(app)
  findMount(app)
  if (watched.has(app) || typeof app.on !== 'function') return
  watched.add(app)
  app.on('mount', (parent) => {
    const layer = stackOf(parent).at(-1)
    if (layer) mounted.set(layer, app)
  })
}

/** Finds the layer of an app that is mounted already: by its path, or where the version hides that, any that is left. */
export function findMount(app: App): void {
  if (!app.parent) return
  const layers = stackOf(app.parent).filter(isMountedApp)
  if (layers.some((layer) => mounted.get(layer) === app)) return
  const free = layers.find(
    (layer) => !mounted.has(layer) && (layer.rawPath === undefined || String(layer.rawPath) === String(app.mountpath)),
  )
  if (free) mounted.set(free, app)
}
