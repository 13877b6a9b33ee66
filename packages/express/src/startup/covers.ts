import { isRoot, type Layer, type Path } from './layer.ts'
import { type Form, formsOf, PARAM } from './paths.ts'

/**
 * Whether a guard in `use()` sees every request of a route or mount that follows it in the same router. Only forms that
 * are known to do so count: a guard at the root; a mount at the same path; or plain segments that the other path begins
 * with.
 */
export function covers(guard: Layer, target: Layer): boolean {
  if (isRoot(guard) || (!target.route && samePath(guard, target))) return true
  const targets = formsOf(target)
  if (guard.regexp?.fast_star === true && targets.length > 0) return targets.every(({ whole }) => whole)
  // The expression must ignore letter case like that of the router, or the guard misses paths that the route matches.
  if (guard.regexp && !guard.regexp.ignoreCase && target.regexp?.ignoreCase !== false) return false
  const guards = formsOf(guard).filter(({ segments, whole }) => whole && segments.length > 0)
  // With several paths, a param that does not decode is an error, although another path would have matched.
  if (guards.length > 1 && guards.some(({ segments }) => segments.includes(PARAM))) return false
  return targets.length > 0 && targets.every((form) => guards.some((one) => beginsWith(form, one)))
}

/** Whether two layers in `use()` run for the same requests, because they have the same path. */
export function samePath(one: Layer, other: Layer): boolean {
  if (isRoot(one) || isRoot(other)) return isRoot(one) && isRoot(other)
  const [first, second] = [one, other].map((layer) => layer.regexp ?? layer.rawPath)
  return first !== undefined && second !== undefined && sameOf(first, second)
}

function sameOf(one: Path, other: Path): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  if (one instanceof RegExp || other instanceof RegExp)
    // With these flags a match depends on the match before it.
    return one instanceof RegExp && other instanceof RegExp && String(one) === String(other) && !/[gy]/.test(one.flags)
  return one.length === other.length && one.every((path, index) => sameOf(path, other[index] as Path))
}

/** A param of the guard matches any segment of the target; literal text matches only itself. */
function beginsWith(target: Form, { segments }: Form): boolean {
  return segments.every((segment, index) => {
    const found = target.segments[index]
    return segment === found || (segment === PARAM && found !== undefined)
  })
}
