/**
 * What a token is made of, as the forge sees it: close to `schema.proto`, with names and strings written as such (the
 * forge interns them) and a hook at every level through which bytes that no honest writer emits can be put in.
 */

/** A name or string: interned by the forge, or a raw symbol id, known or not. */
export type Name = string | { readonly symbol: bigint }

export type MapKey = string | number | bigint | { readonly symbol: bigint }

export type Term =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | { readonly variable: Name }
  | { readonly symbol: bigint }
  | { readonly date: number | bigint }
  | { readonly set: readonly Term[] }
  | { readonly array: readonly Term[] }
  | { readonly map: readonly (readonly [MapKey, Term])[] }
  | { readonly rawTerm: Uint8Array }

/** Extra protobuf fields, appended to a message as they are: duplicates, unknown fields, wrong wire types. */
export interface Raw {
  readonly extra?: Uint8Array
}

export interface Predicate extends Raw {
  readonly name: Name
  readonly terms: readonly Term[]
}

export const UNARY = { negate: 0, parens: 1, length: 2, type: 3, ffi: 4 } as const

export const BINARY = {
  lessThan: 0,
  greaterThan: 1,
  lessOrEqual: 2,
  greaterOrEqual: 3,
  strictEqual: 4,
  contains: 5,
  startsWith: 6,
  endsWith: 7,
  matches: 8,
  add: 9,
  sub: 10,
  mul: 11,
  div: 12,
  and: 13,
  or: 14,
  intersection: 15,
  union: 16,
  bitAnd: 17,
  bitOr: 18,
  bitXor: 19,
  strictNotEqual: 20,
  equal: 21,
  notEqual: 22,
  lazyAnd: 23,
  lazyOr: 24,
  all: 25,
  any: 26,
  get: 27,
  ffi: 28,
  tryOr: 29,
} as const

export type UnaryName = keyof typeof UNARY
export type BinaryName = keyof typeof BINARY

/** One operation of an expression, in postfix order; kinds may be raw numbers. */
export type Op =
  | { readonly value: Term }
  | { readonly unary: UnaryName | number; readonly ffi?: Name }
  | { readonly binary: BinaryName | number; readonly ffi?: Name }
  | { readonly closure: readonly Op[]; readonly params?: readonly Name[] }
  | { readonly rawOp: Uint8Array }

export type Expression = readonly Op[]

export type Scope =
  | 'authority'
  | 'previous'
  | { readonly key: string }
  | { readonly keyId: bigint }
  | { readonly scopeType: number }
  | { readonly rawScope: Uint8Array }

export interface Query extends Raw {
  /** Default: `query()`, as biscuit writes the queries of checks. */
  readonly head?: Predicate
  readonly body: readonly Predicate[]
  readonly expressions?: readonly Expression[]
  readonly scope?: readonly Scope[]
}

export interface Check extends Raw {
  /** Default `if`, which leaves the field out; a number is written as it is. */
  readonly kind?: 'if' | 'all' | 'reject' | number
  readonly queries: readonly Query[]
}

export interface RawKey extends Raw {
  readonly algorithm: number
  readonly key: Uint8Array
}

export interface Block extends Raw {
  /** Symbols listed before the interned ones, verbatim, even if they are known already. */
  readonly symbols?: readonly string[]
  readonly context?: string
  /** Default: the lowest that has every feature of the block. `null` leaves the field out. */
  readonly version?: number | null
  readonly facts?: readonly Predicate[]
  readonly rules?: readonly Query[]
  readonly checks?: readonly Check[]
  readonly scope?: readonly Scope[]
  /** Public keys listed before the interned ones, verbatim. */
  readonly publicKeys?: readonly (string | RawKey)[]
  /** The whole content of the block, instead of everything above. */
  readonly raw?: Uint8Array
}

/** A signature, or how to make one of the bytes that it is to cover. */
export type Signature = Uint8Array | ((data: Uint8Array) => Uint8Array)

/** How a block is signed. Every default is what an honest writer does. */
export interface Signing extends Raw {
  /** Private key of the third party that signs the block. */
  readonly external?: string
  /** The external public key as published, when it is not that of `external`. */
  readonly externalKey?: string | RawKey
  readonly externalSignature?: Signature
  readonly externalS?: 'low' | 'high'
  readonly payloadVersion?: number
  /** The payload version on the wire, when it is not the signed one; `null` leaves it out. */
  readonly writtenVersion?: number | null
  /** Private key that signs the next block. */
  readonly nextKey?: string
  /** The next key as published and signed, when it is not that of `nextKey`. */
  readonly publishedNextKey?: string | RawKey
  /** Private key that signs this block, when it is not the one the chain calls for. */
  readonly signedBy?: string
  readonly signature?: Signature
  readonly s?: 'low' | 'high'
  /** Field numbers of `SignedBlock` left out. */
  readonly omit?: readonly number[]
}

export interface BlockSpec extends Block {
  readonly signing?: Signing
}

export interface Proof extends Raw {
  readonly nextSecret?: Uint8Array
  readonly finalSignature?: Uint8Array
}

export interface TokenSpec extends Raw {
  /** Root private key. */
  readonly root: string
  readonly rootKeyId?: number
  readonly authority: BlockSpec
  readonly blocks?: readonly BlockSpec[]
  readonly sealed?: boolean
  /** Replaces the proof. */
  readonly proof?: Proof
  /** Field numbers of `Biscuit` left out. */
  readonly omit?: readonly number[]
}
