import {
  type BytesCodec,
  bool,
  bytes,
  type Codec,
  enumeration,
  index,
  int64,
  message,
  type OneOf,
  oneOf,
  optional,
  recursive,
  repeated,
  required,
  string,
  uint32,
  uint64,
} from './wire.ts'

/**
 * The messages of the Biscuit format, as in `schema.proto` of its specification. A field without a row here is unknown,
 * so a token with it is refused. Arrays and maps are known but outside the profile: they are kept as bytes, and the
 * profile check refuses them.
 */

const publicKey = message({ algorithm: required(1, enumeration('ed25519', 'secp256r1')), key: required(2, bytes) })

const externalSignature = message({ signature: required(1, bytes), publicKey: required(2, publicKey) })

export const signedBlock = message({
  block: required(1, bytes),
  nextKey: required(2, publicKey),
  signature: required(3, bytes),
  externalSignature: optional(4, externalSignature),
  version: optional(5, uint32),
})

const proof = oneOf({ nextSecret: [1, bytes], finalSignature: [2, bytes] })

/** The signed blocks stay as bytes, so that a block that is known by its bytes is not decoded again. */
export const biscuit = message({
  rootKeyId: optional(1, uint32),
  authority: required(2, bytes),
  blocks: repeated(3, bytes),
  proof: required(4, proof),
})

const termArms = {
  variable: [1, uint32],
  integer: [2, int64],
  string: [3, index],
  date: [4, uint64],
  bytes: [5, bytes],
  bool: [6, bool],
  null: [8, message({})],
  array: [9, bytes],
  map: [10, bytes],
} as const

/** The members of a set: any term but another set. */
const element = oneOf(termArms)

const term = oneOf({ ...termArms, set: [7, message({ elements: repeated(1, element) })] })

const predicate = message({ name: required(1, index), terms: repeated(2, term) })

const unary = message({
  kind: required(1, enumeration('negate', 'parens', 'length', 'type', 'ffi')),
  ffiName: optional(2, uint64),
})

const binary = message({
  kind: required(
    1,
    enumeration(
      'lessThan',
      'greaterThan',
      'lessOrEqual',
      'greaterOrEqual',
      'strictEqual',
      'contains',
      'prefix',
      'suffix',
      'regex',
      'add',
      'sub',
      'mul',
      'div',
      'and',
      'or',
      'intersection',
      'union',
      'bitwiseAnd',
      'bitwiseOr',
      'bitwiseXor',
      'strictNotEqual',
      'equal',
      'notEqual',
      'lazyAnd',
      'lazyOr',
      'all',
      'any',
      'get',
      'ffi',
      'tryOr',
    ),
  ),
  ffiName: optional(2, uint64),
})

export interface WireClosure {
  readonly params: readonly number[]
  readonly ops: readonly WireOp[]
}

const opArms = { value: [1, term], unary: [2, unary], binary: [3, binary] } as const

export type WireOp = OneOf<typeof opArms> | { readonly type: 'closure'; readonly value: WireClosure }

const op: BytesCodec<WireOp> = recursive(() => operation)

const closure = message({ params: repeated(1, uint32), ops: repeated(2, op) })

const operation = oneOf({ ...opArms, closure: [4, closure] })

const scope = oneOf({ scopeType: [1, enumeration('authority', 'previous')], publicKey: [2, int64] })

const rule = message({
  head: required(1, predicate),
  body: repeated(2, predicate),
  expressions: repeated(3, message({ ops: repeated(1, op) })),
  scope: repeated(4, scope),
})

export const block = message({
  symbols: repeated(1, string),
  context: optional(2, string),
  version: optional(3, uint32),
  facts: repeated(4, message({ predicate: required(1, predicate) })),
  rules: repeated(5, rule),
  checks: repeated(6, message({ queries: repeated(1, rule), kind: optional(2, enumeration('one', 'all', 'reject')) })),
  scope: repeated(7, scope),
  publicKeys: repeated(8, publicKey),
})

type Decoded<C> = C extends Codec<infer T> ? T : never
export type WireSignedBlock = Decoded<typeof signedBlock>
export type WirePublicKey = Decoded<typeof publicKey>
export type WireBlock = Decoded<typeof block>
export type WireRule = Decoded<typeof rule>
export type WirePredicate = Decoded<typeof predicate>
export type WireTerm = Decoded<typeof term>
export type WireElement = Decoded<typeof element>
export type WireScope = Decoded<typeof scope>
