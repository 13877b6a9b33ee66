import type { Authorizer } from '@biscuit-auth/biscuit-wasm'
import { createInstance, type Glue } from './oracle-instance.ts'

export interface ReferenceRequest {
  readonly time: number
  readonly resource: string
  readonly operation: string
  readonly designations?: ReadonlyMap<string, string>
}

// As in the oracle: the reference implementation leaks.
const RECYCLE_AT_BYTES = 16 * 1024 * 1024
let instance = createInstance()

/** Whether the verifier of the Hessra open core, run by biscuit-wasm alone, lets the request pass. */
export function passesReference(token: string, rootKey: string, request: ReferenceRequest): boolean {
  return withAuthorizer(token, rootKey, request, (authorizer) => {
    try {
      authorizer.authorize()
      return true
    } catch (thrown) {
      if (thrown instanceof Error) throw thrown
      return false
    }
  })
}

/** The terms of `right(...)` as biscuit-wasm reads them back. */
export function rightsByReference(token: string, rootKey: string): readonly unknown[][] {
  const request = { time: 0, resource: 'any', operation: 'any' }
  return withAuthorizer(token, rootKey, request, (authorizer) =>
    authorizer
      .query(instance.glue.Rule.fromString('data($s, $r, $o) <- right($s, $r, $o)'))
      .map((fact) => fact.terms() as unknown[]),
  )
}

/** How biscuit-wasm prints each block; only for strings that need no escaping. */
export function sourcesByReference(token: string, rootKey: string): readonly string[] {
  const biscuit = parse(instance.glue, token, rootKey)
  return Array.from({ length: biscuit.countBlocks() }, (_, index) => biscuit.getBlockSource(index))
}

function withAuthorizer<T>(
  token: string,
  rootKey: string,
  request: ReferenceRequest,
  use: (authorizer: Authorizer) => T,
): T {
  if (instance.memoryBytes() > RECYCLE_AT_BYTES) instance = createInstance()
  const { glue } = instance
  const builder = new glue.AuthorizerBuilder()
  const add = (source: string, values: Readonly<Record<string, string | number>>): void => {
    const fact = glue.Fact.fromString(source)
    for (const [name, value] of Object.entries(values)) fact.set(name, value)
    builder.addFact(fact)
    fact.free()
  }
  add('time({now})', { now: request.time })
  add('resource({resource})', { resource: request.resource })
  add('operation({operation})', { operation: request.operation })
  for (const [label, value] of request.designations ?? []) add('designation({label}, {value})', { label, value })
  builder.addPolicy(glue.Policy.fromString('allow if true'))
  const biscuit = parse(glue, token, rootKey)
  const authorizer = builder.buildAuthenticated(biscuit)
  try {
    return use(authorizer)
  } finally {
    authorizer.free()
    biscuit.free()
  }
}

function parse(glue: Glue, token: string, rootKey: string): ReturnType<Glue['Biscuit']['fromBase64']> {
  const [algorithm, hex = ''] = rootKey.split('/')
  const { Ed25519, Secp256r1 } = glue.SignatureAlgorithm
  const key = glue.PublicKey.fromString(hex, algorithm === 'ed25519' ? Ed25519 : Secp256r1)
  try {
    return glue.Biscuit.fromBase64(token, key)
  } finally {
    key.free()
  }
}
