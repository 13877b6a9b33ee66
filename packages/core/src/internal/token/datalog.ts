import { equalBytes } from '../base/bytes.ts'
import type { WireTerm } from '../wire/schema.ts'

/** A value of a block, with symbols and keys resolved. */
export type Term =
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'date'; readonly value: bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'null' }
  | { readonly type: 'set'; readonly elements: ReadonlyMap<string, Term> }
  | { readonly type: Unsupported }

/** Terms of the format that the profile leaves out. */
type Unsupported = Extract<WireTerm['type'], 'array' | 'map'>

export interface Predicate {
  readonly name: string
  readonly terms: readonly Term[]
}

export type Op =
  | { readonly type: 'value'; readonly term: Term }
  | { readonly type: 'unary'; readonly kind: string }
  | { readonly type: 'binary'; readonly kind: string }
  | { readonly type: 'closure'; readonly params: number; readonly ops: Expression }

export type Expression = readonly Op[]

/** `authority`, `previous`, or a public key in Biscuit's notation. */
export type Scope = { readonly type: 'authority' | 'previous' } | { readonly type: 'key'; readonly publicKey: string }

export interface Query {
  readonly body: readonly Predicate[]
  readonly expressions: readonly Expression[]
  readonly scopes: readonly Scope[]
}

export interface Rule extends Query {
  readonly head: Predicate
}

export interface Check {
  readonly kind: 'one' | 'all' | 'reject'
  readonly queries: readonly Rule[]
}

export interface Block {
  readonly version: number
  readonly facts: readonly Predicate[]
  readonly rules: readonly Rule[]
  readonly checks: readonly Check[]
  readonly scopes: readonly Scope[]
}

export function isString(term: Term | undefined, value?: string): term is { type: 'string'; value: string } {
  return term?.type === 'string' && (value === undefined || term.value === value)
}

/**
 * A unique string per ground term, used only for comparison. The type is part of it, so the string `1` and the integer
 * 1 differ, and nothing follows the value that could be taken for a part of it.
 */
export function termKey(term: Term): string {
  switch (term.type) {
    case 'string':
    case 'integer':
    case 'date':
    case 'bool':
      return `${term.type} ${term.value}`
    case 'bytes':
      return `bytes ${term.value.join()}`
    case 'set':
      return `set ${JSON.stringify([...term.elements.keys()].sort())}`
    default:
      return term.type
  }
}

export function sameTerm(a: Term, b: Term): boolean {
  if (a.type !== b.type) return false
  if (a.type === 'string' || a.type === 'integer' || a.type === 'date' || a.type === 'bool') {
    return a.value === (b as typeof a).value
  }
  if (a.type === 'bytes') return equalBytes(a.value, (b as typeof a).value)
  if (a.type !== 'set') return true
  const { elements } = b as typeof a
  return a.elements.size === elements.size && [...a.elements.keys()].every((key) => elements.has(key))
}
