/** The path of a route, parsed. */
export interface PathPattern {
  /** The names of its params. */
  readonly names: readonly string[]
  /** The params of a path, decoded once. `undefined` if it does not match. `segments`: the parts between its slashes. */
  match(segments: readonly string[]): Readonly<Record<string, string>> | undefined
}

/** A text without characters that have a second spelling, or a meaning in the patterns of frameworks. */
const LITERAL = /^[\w.~@-]*$/
const PARAM = /^:\w+$/
/** What RFC 3986 section 3.3 allows between slashes. A URL parser may read other characters, such as `\`, differently. */
const SEGMENT = /^[\w.~!$&'()*+,;=:@%-]+$/

/** Parses a path of texts and `:names`. The error for any other path names it. */
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

/** Refuses `.` and `..`: another parser of the URL would go up a level. */
function decode(segment: string): string | undefined {
  if (!SEGMENT.test(segment)) return undefined
  try {
    const value = decodeURIComponent(segment)
    return value === '.' || value === '..' ? undefined : value
  } catch {
    return undefined
  }
}
