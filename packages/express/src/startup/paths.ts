import { isRoot, type Layer, type Path } from './layer.ts'

/** What is known of a path: the segments that it begins with, and whether those are all of it. */
export interface Form {
  /** Literal text, or {@link PARAM}. */
  readonly segments: readonly string[]
  readonly whole: boolean
}

/** A segment that is one plain param: it matches whatever is not empty and has no slash. */
export const PARAM = ':'

/** Plain segments: literal text that no version reads as anything else, or one param. No `%`: a param may fail to decode. */
const HEAD = /^(?:\/(?:[\w.~@-]+|:\w+))+/
/** Express 5: groups that begin with a slash, which may all be left out; then the end or a slash. */
const REST_5 = /^(?:\{\/[^{}"\\]*\})*(?:\/|$)/
/** Express 4: params that may be left out with their slash; then the end, or a slash that may not. */
const REST_4 = /^(?:\/:\w+(?:\([^()]*\))?[?*]?)*(?:\/?$|\/[\w~*(-])/
/** What Express 4 makes of a path of plain segments. */
const PLAIN_4 = /^\^((?:\\\/(?:[\w~@-]|\\\.)+|\(\?:\\\/\(\[\^\\?\/\]\+\?\)\))+)\\\/\?\(\?=\\\/\|\$\)$/

/** The path of a layer; `undefined` where the version hides it. Express 4 has but the regular expression of a mount. */
export function pathOf(layer: Layer): Path | undefined {
  if (isRoot(layer)) return '/'
  return layer.rawPath ?? layer.route?.path ?? plainPathOf(layer)
}

/** What is known of each path of a layer; nothing, if that is not enough to say so of all of them. */
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
  // An alternative of Express 4 reaches back to the beginning of the path.
  if (path.includes('|')) return { segments: [], whole: false }
  // The last segment is known only if nothing that follows can go on with it.
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
