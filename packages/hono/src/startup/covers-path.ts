import type { GuardDescription } from '@writ/http'
import { checkOptionalParameter, splitRoutingPath } from 'hono/utils/url'

/** Segments that every router of Hono takes for the same: themselves, and anything that is not empty. */
const LITERAL = /^[\w.~-]+$/
const PARAM = /^:\w+$/
/** What may follow a prefix, segment by segment. A `|` outside of an expression is an alternative to the whole path in PatternRouter. */
const SEGMENT = /\/(?::\w+\{((?:[^{}]|\{[\d,]+\})+)\}(\??)|[^/|{}]*)(?=\/|$)/g

/**
 * Whether a guard on one path matches whatever a handler on another does, in every router of Hono. Only what is known is accepted: a
 * prefix of literals and plain params with `/*` behind it, or as many of them as the handler's path has.
 */
export function coversPath(guard: string, path: string): boolean {
  const open = guard.endsWith('/*')
  const prefix = (open ? guard.slice(0, -2) : guard).split('/').slice(1)
  const segments = path.split('/').slice(1)
  if (!prefix.every((segment, index) => coversSegment(segment, segments[index] ?? ''))) return false
  return open ? staysBelow(segments.slice(prefix.length)) : segments.length === prefix.length
}

/** What is wrong with a guard that takes designations from params which its own path does not have. */
export function missingParams(description: GuardDescription, path: string): string[] {
  if (description === 'public') return []
  const names = (checkOptionalParameter(path) ?? [path])
    .flatMap((variant) => splitRoutingPath(variant))
    .map((segment) => /^:([^{}]+)/.exec(segment)?.[1])
  const requirements = Array.isArray(description) ? description : [description]
  return requirements.flatMap(({ designate }) =>
    Object.values(designate).flatMap((source) =>
      typeof source !== 'string' || names.includes(source) ? [] : [`designate: "${source}" is no param of this path`],
    ),
  )
}

function coversSegment(guard: string, segment: string): boolean {
  if (LITERAL.test(guard)) return segment === guard
  return PARAM.test(guard) && (LITERAL.test(segment) || PARAM.test(segment))
}

/** Whether what follows a prefix cannot lead a router out of it. */
function staysBelow(segments: readonly string[]): boolean {
  const rest = segments.map((segment) => `/${segment}`).join('')
  const unknown = rest.replaceAll(SEGMENT, (segment, expression?: string, optional?: string) =>
    expression === undefined || isExpression(expression, optional === '?') ? '' : segment,
  )
  return unknown === ''
}

/**
 * Routers put an expression between parentheses: one that is none by itself might close them. PatternRouter cuts a path that ends with
 * something optional at its last slash.
 */
function isExpression(text: string, optional: boolean): boolean {
  if (optional && text.includes('/')) return false
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
