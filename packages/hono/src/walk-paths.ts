import type { GuardDescription } from '@writ/http'
import { checkOptionalParameter, splitRoutingPath } from 'hono/utils/url'

/** A segment that no path of an app has. */
const ANY_SEGMENT = '~writ'
/** What a `*` at the end stands for: nothing, something, and more than any path with optional params could match. */
const TAILS = ['', `/${ANY_SEGMENT}`, `/${ANY_SEGMENT}`.repeat(32)]
/** An expression that matches one whole segment in every router: characters and classes of them, no alternatives, no slash. */
const SEGMENT_EXPRESSION = /^(?:(?:\\[dw]|[\w-]|\[(?:\\[dw]|[\w-])+\])(?:\+|\{\d+(?:,\d*)?\})?)+$/

type Segment =
  | { readonly kind: 'literal' | 'param' | 'any'; readonly text: string }
  /** Depends on the router or on more than one segment: only the very same path is known to match the same. */
  | { readonly kind: 'opaque' }

/** A path as patterns for the router that judges guards: none if it cannot be told what it matches. */
export function patternsOf(path: string): string[] {
  const variants = variantsOf(path)
  if (variants.flat().some(({ kind }) => kind === 'opaque')) return []
  return variants.map((segments) => join(segments.map((segment) => ('text' in segment ? segment.text : ''))))
}

/** Paths that stand for all that a pattern matches: a guard that matches them all matches whatever it does. */
export function samplesOf(path: string): string[] {
  return variantsOf(path).flatMap((segments) => {
    const end = segments.findIndex(
      ({ kind }, index) => kind === 'opaque' || (kind === 'any' && index === segments.length - 1),
    )
    const certain = end === -1 ? segments : segments.slice(0, end)
    // A `*` between others matches an empty segment, a param does not.
    return ['', ANY_SEGMENT].flatMap((any) => {
      const start = join(certain.map((segment) => sampleOf(segment, any)))
      return end === -1 ? [start] : TAILS.map((tail) => `${certain.length === 0 ? '' : start}${tail}` || '/')
    })
  })
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

/** A path with optional params is several, of one to all of them. */
function variantsOf(path: string): Segment[][] {
  return (checkOptionalParameter(path) ?? [path]).map((variant) =>
    splitRoutingPath(variant).map((text, index, { length }) =>
      // Routers do not agree on whether a slash at the end matters.
      text === '' && index > 0 && index === length - 1 ? { kind: 'opaque' } : segmentOf(text),
    ),
  )
}

function segmentOf(text: string): Segment {
  if (text === '*') return { kind: 'any', text }
  const { name, expression } = /^:(?<name>[^{}]+)(?:\{(?<expression>.+)\})?$/.exec(text)?.groups ?? {}
  if (expression === undefined) {
    if (name !== undefined) return { kind: 'param', text: ':param' }
    return text.includes('*') ? { kind: 'opaque' } : { kind: 'literal', text }
  }
  if (!SEGMENT_EXPRESSION.test(expression) || new RegExp(`^(?:${expression})$`).test('')) return { kind: 'opaque' }
  // As a literal: it matches what the same expression and every param do, and no other expression is known to.
  return { kind: 'literal', text: `~${expression.replaceAll(/\W/g, (character) => `~${character.charCodeAt(0)}`)}` }
}

function sampleOf(segment: Segment, any: string): string {
  if (segment.kind === 'literal') return segment.text
  return segment.kind === 'any' ? any : ANY_SEGMENT
}

function join(segments: readonly string[]): string {
  return `/${segments.join('/')}`
}
