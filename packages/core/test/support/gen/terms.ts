import type { Term } from '../forge/model.ts'
import * as keys from '../keys.ts'
import type { Draw } from './draw.ts'

/** The little world that generated tokens and requests talk about: small, so that they meet. */
export const SUBJECTS: readonly string[] = ['alice', 'bob', 'mallory']
export const RESOURCES: readonly string[] = ['invoices', 'invoice', 'reports']
export const OPERATIONS: readonly string[] = ['read', 'write', 'pay']
export const LABELS: readonly string[] = ['tenantId', 'region', 'anchor', 'invoiceId']
export const VALUES: readonly string[] = ['acme', 'globex', 'eu', 'read', 'Acme']
export const NOW = 1_700_000_000

const STRINGS = [
  'acme',
  'globex',
  'invoices',
  'inv',
  'read',
  '',
  'é',
  '日本',
  '\u{1f511}',
  'a\nb',
  '");',
  'alice',
] as const
const INTEGERS = [0n, 1n, 2n, -1n, 3n, 7n, BigInt(NOW), 2n ** 31n, 2n ** 32n, 2n ** 53n, -(2n ** 53n)] as const
const EDGES = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n, -(2n ** 62n) - 1n] as const
const DATES = [0n, 1n, BigInt(NOW), 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n] as const
const BYTES = ['', '00', 'ff', '00ff', '61636d65'] as const

export type TermType = 'string' | 'integer' | 'date' | 'bool' | 'bytes' | 'null' | 'set'
export const ELEMENT_TYPES: readonly TermType[] = ['string', 'integer', 'date', 'bool', 'bytes']
export const TERM_TYPES: readonly TermType[] = [...ELEMENT_TYPES, 'set', 'null']

export function termOf(type: TermType, draw: Draw): Term {
  switch (type) {
    case 'string':
      return draw.pick(STRINGS)
    case 'integer':
      return draw.chance(15) ? draw.pick(EDGES) : draw.pick(INTEGERS)
    case 'date':
      return { date: draw.pick(DATES) }
    case 'bool':
      return draw.chance(50)
    case 'bytes':
      return Uint8Array.from(Buffer.from(draw.pick(BYTES), 'hex'))
    case 'null':
      return null
    case 'set':
      return setOf(draw.chance(4) ? 'null' : draw.pick(ELEMENT_TYPES), draw)
  }
}

export function setOf(elements: TermType, draw: Draw): Term {
  return { set: draw.several(5, 70, () => termOf(elements, draw)) }
}

/** Whose blocks a token may trust, and who signs blocks: each on both curves. */
export const SIGNERS: readonly keys.TestKey[] = [
  keys.gateway,
  keys.activator,
  keys.mallory,
  keys.gatewayP256,
  keys.activatorP256,
  keys.malloryP256,
]
