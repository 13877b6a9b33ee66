import type { HasParam } from '@writ/http'
import { checkOptionalParameter, splitRoutingPath } from 'hono/utils/url'

/** A segment that every router of Hono matches literally. */
const LITERAL = /^[\w.~-]+$/
/** A segment that matches, in every router of Hono, any text that is not empty. */
const PARAM = /^:\w+$/
/**
 * A segment that may follow a prefix. A `|` outside of an expression is not accepted: in PatternRouter it is an
 * alternative to the whole path.
 */
const SEGMENT = /\/(?::\w+\{((?:[^{}]|\{[\d,]+\})+)\}(\??)|[^/|{}]*)(?=\/|$)/g

/**
 * Whether a guard on one path runs for every request of a handler on another path, in every router of Hono. Two forms are
 * accepted: literals and plain params followed by `/*`, or exactly as many literals and plain params as the handler's
 * path has.
 */
export function coversPath(guard: string, path: string): boolean {
  const isPrefix = guard.endsWith('/*')
  const prefix = (isPrefix ? guard.slice(0, -2) : guard).split('/').slice(1)
  const segments = path.split('/').slice(1)
  if (!prefix.every((segment, index) => coversSegment(segment, segments[index] ?? ''))) return false
  return isPrefix ? staysBelow(segments.slice(prefix.length)) : segments.length === prefix.length
}

/** Answers for `missingParams`: does a path have a param of that name? */
export function paramLookup(path: string): HasParam {
  const names = (checkOptionalParameter(path) ?? [path])
    .flatMap((variant) => splitRoutingPath(variant))
    .map((segment) => /^:([^{}]+)/.exec(segment)?.[1])
  return (name) => names.includes(name)
}

function coversSegment(guard: string, segment: string): boolean {
  if (LITERAL.test(guard)) return segment === guard
  return PARAM.test(guard) && (LITERAL.test(segment) || PARAM.test(segment))
}

/** Whether the segments after a prefix are of forms that keep every router below that prefix. */
function staysBelow(segments: readonly string[]): boolean {
  const rest = segments.map((segment) => `/${segment}`).join('')
  const unknown = rest.replaceAll(SEGMENT, (segment, expression?: string, optional?: string) =>
    expression === undefined || isExpression(expression, optional === '?') ? '' : segment,
  )
  return unknown === ''
}

/**
 * Whether the text is an expression by itself. Routers put it between parentheses, which other text might close. If it is
 * optional it must have no slash: PatternRouter cuts a path that ends with something optional at its last slash.
 */
function isExpression(text: string, optional: boolean): boolean {
  if (optional && text.includes('/')) return false
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
