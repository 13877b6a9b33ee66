import { isRoot, type Layer, type Path } from './layer.ts'

/** What is known of a path: its first segments, and whether these are the whole path. */
export interface Form {
  /** Literal text, or {@link PARAM}. */
  readonly segments: readonly string[]
  readonly whole: boolean
}

/** A segment that is one plain param: it matches any text that is not empty and has no slash. */
export const PARAM = ':'

/** Plain segments: text that every version reads literally, or one param. Without `%`, because a param may fail to decode. */
const HEAD = /^(?:\/(?:[\w.~@-]+|:\w+))+/
/** In Express 5: optional groups that begin with a slash, then the end or a slash. */
const REST_5 = /^(?:\{\/[^{}"\\]*\})*(?:\/|$)/
/** In Express 4: params that are optional together with their slash, then the end or a required slash. */
const REST_4 = /^(?:\/:\w+(?:\([^()]*\))?[?*]?)*(?:\/?$|\/[\w~*(-])/
/** The regular expression that Express 4 makes of a path of plain segments. */
const PLAIN_4 = /^\^((?:\\\/(?:[\w~@-]|\\\.)+|\(\?:\\\/\(\[\^\\?\/\]\+\?\)\))+)\\\/\?\(\?=\\\/\|\$\)$/

/** The path of a layer; `undefined` where the version hides it. For a mount, Express 4 keeps only the regular expression. */
export function pathOf(layer: Layer): Path | undefined {
  if (isRoot(layer)) return '/'
  return layer.rawPath ?? layer.route?.path ?? plainPathOf(layer)
}

/** What is known of each path of a layer; an empty list if any of its paths is not known. */
export function formsOf(layer: Layer): readonly Form[] {
  const path = pathOf(layer)
  if (path === undefined) return []
  const paths: unknown[] = ([path] as unknown[]).flat(Number.POSITIVE_INFINITY)
  const rest = layer.regexp ? REST_4 : REST_5
  return paths.every((one) => typeof one === 'string') ? paths.map((one) => formOf(one, rest)) : []
}

function formOf(path: string, rest: RegExp): Form {
  const [head = ''] = HEAD.exec(path) ?? []
  const tail = path.slice(head.length)
  const segments = head.split('/').slice(1)
  const form = (whole: boolean): Form => ({
    segments: segments.map((segment) => (segment.startsWith(':') ? PARAM : segment)),
    whole,
  })
  if (tail === '' || tail === '/') return form(true)
  // In Express 4 an alternative (`|`) applies to the path from its beginning.
  if (path.includes('|')) return { segments: [], whole: false }
  // The last segment is known only if nothing that follows can extend it.
  let after = tail
  while (segments.length > 0 && !rest.test(after)) after = `/${segments.pop()}${after}`
  return form(false)
}

function plainPathOf({ regexp, keys = [] }: Layer): string | undefined {
  if (regexp === undefined || !/^i?$/.test(regexp.flags)) return undefined
  const [, source] = PLAIN_4.exec(regexp.source) ?? []
  const names = keys.map(({ name }) => String(name))
  return source?.replaceAll(/\(\?:\\\/\(\[\^\\?\/\]\+\?\)\)/g, () => `/:${names.shift()}`).replaceAll(/\\(?=[/.])/g, '')
}
