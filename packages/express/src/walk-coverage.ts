import { isRoot, type Layer, mountPathOf, type Path } from './walk-layers.ts'

/** Values put for params when it is asked whether one pattern covers another; a pattern that takes only some is told apart. */
const PROBES = ['~writ', '0', 'writ-é']
/** A segment of literal text and params, each of which matches at least one character and no slash. */
const PLAIN_SEGMENT = /^(?:[\w.~-]|:[A-Za-z_]\w*)+$/

/**
 * Whether a guard in `use(path)` sees every request of a mount that follows it. Where the version hides the paths, only equal ones
 * count: what is not known to be guarded is not.
 */
export function coversMount(guard: Layer, mount: Layer): boolean {
  if (isRoot(guard)) return true
  const path = mountPathOf(mount)
  if (path !== undefined) return coversPath(guard, path)
  return guard.regexp !== undefined && String(guard.regexp) === String(mount.regexp)
}

/** Whether a guard in `use(path)` sees every request of a route or mount with that path. */
export function coversPath(guard: Layer, path: Path): boolean {
  if (isRoot(guard)) return true
  if (typeof path !== 'string') return Array.isArray(path) && path.every((one: Path) => coversPath(guard, one))
  return samplesOf(path).every((sample) => Boolean(guard.match(sample)))
}

/** Paths that stand for all that a pattern matches, as far as their beginning goes. */
function samplesOf(path: string): string[] {
  const segments = path.replace(/^\/|\/$/g, '').split('/')
  const end = segments.findIndex((segment) => !PLAIN_SEGMENT.test(segment))
  const certain = end === -1 ? segments : segments.slice(0, end)
  // `/a/?` makes the slash optional, so that `a` may go on.
  if (segments[end]?.startsWith('?')) certain.pop()
  const tails = end === -1 ? [''] : ['', '/~writ', '/~writ/0']
  return PROBES.flatMap((value) => {
    const start = certain.map((segment) => `/${segment.replaceAll(/:\w+/g, value)}`).join('')
    return tails.map((tail) => `${start}${tail}` || '/')
  })
}
