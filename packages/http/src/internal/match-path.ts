/** The path of a route, read. */
export interface PathPattern {
  /** The names of its params. */
  readonly names: readonly string[]
  /** The params of a path, decoded once; `undefined` if it is not of this pattern. `segments`: what stands between its slashes. */
  match(segments: readonly string[]): Readonly<Record<string, string>> | undefined
}

/** A text that is compared as it stands: nothing in it has a second spelling, or a meaning in the patterns of frameworks. */
const LITERAL = /^[\w.~@-]*$/
const PARAM = /^:\w+$/
/** What RFC 3986 section 3.3 lets stand between slashes. A URL parser takes anything else, as `\`, for something else. */
const SEGMENT = /^[\w.~!$&'()*+,;=:@%-]+$/

/** Reads a path of texts and `:name`s. Errors: `TypeError` naming the path. */
export function readPattern(path: string): PathPattern {
  const parts = path.split('/')
  const names = parts.filter((part) => PARAM.test(part)).map((part) => part.slice(1))
  const known = parts.every((part) => LITERAL.test(part) || PARAM.test(part))
  if (!path.startsWith('/') || !known)
    throw new TypeError(`routes: "${path}": must be texts and :names, each after a slash`)
  if (new Set(names).size < names.length) throw new TypeError(`routes: "${path}": a name must not come twice`)
  return { names, match: (segments) => matchParts(parts, segments) }
}

function matchParts(parts: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined
  const params: Record<string, string> = Object.create(null)
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? ''
    if (!part.startsWith(':')) {
      if (segment !== part) return undefined
      continue
    }
    const value = decode(segment)
    if (value === undefined) return undefined
    params[part.slice(1)] = value
  }
  return params
}

/** `.` and `..` are no names: whoever parses the URL again would go up. */
function decode(segment: string): string | undefined {
  if (!SEGMENT.test(segment)) return undefined
  try {
    const value = decodeURIComponent(segment)
    return value === '.' || value === '..' ? undefined : value
  } catch {
    return undefined
  }
}
