import type { Biscuit, Check, Fact, Rule } from '@biscuit-auth/biscuit-wasm'
import { createInstance, type Glue, type Instance } from './instance.ts'

/** One statement of a block, as its minters write it, with values for its `{parameters}` and a key for `trusting {key}`. */
export type Statement = readonly [source: string, values?: Readonly<Record<string, string | number>>, trusted?: string]

/** A block; with a signer a third party's. */
export interface ReferenceBlock {
  readonly statements: readonly Statement[]
  readonly signer?: string
}

// As in the oracle: the reference implementation leaks.
const RECYCLE_AT_BYTES = 16 * 1024 * 1024
let instance: Instance = createInstance()

/** The last token that was read: most are asked about several times in a row, and reading proves all signatures. */
let last: { readonly of: string; readonly biscuit: Biscuit } | undefined

function glue(): Glue {
  if (instance.memoryBytes() > RECYCLE_AT_BYTES) {
    instance = createInstance()
    last = undefined
  }
  return instance.glue
}

/** A token that biscuit-wasm alone has made: nothing of Writ is in it. */
export function mintByReference(
  rootKey: string,
  authority: readonly Statement[],
  blocks: readonly ReferenceBlock[] = [],
): string {
  const library = glue()
  const builder = new library.BiscuitBuilder()
  addAll(library, builder, authority)
  let token = builder.build(library.PrivateKey.fromString(rootKey))
  for (const block of blocks) token = append(library, token, block)
  return token.toBase64()
}

/** The token with one more block, which biscuit-wasm alone has written. */
export function appendByReference(token: string, rootKey: string, block: ReferenceBlock): string {
  const library = glue()
  return append(library, parse(library, token, rootKey), block).toBase64()
}

export function sealByReference(token: string, rootKey: string): string {
  return parse(glue(), token, rootKey).sealToken().toBase64()
}

function append(library: Glue, token: Biscuit, { statements, signer }: ReferenceBlock): Biscuit {
  const block = new library.BlockBuilder()
  addAll(library, block, statements)
  if (signer === undefined) return token.appendBlock(block)
  const key = library.PrivateKey.fromString(signer)
  const signed = token.getThirdPartyRequest().createBlock(key, block)
  return token.appendThirdPartyBlock(
    library.KeyPair.fromPrivateKey(library.PrivateKey.fromString(signer)).getPublicKey(),
    signed,
  )
}

/** Whether biscuit-wasm alone accepts a token in a world of these facts: `allow if true`, as the Hessra open core has it. */
export function acceptedByReference(token: string, rootKey: string, facts: readonly Statement[]): boolean {
  return inWorld(token, rootKey, facts, (authorizer) => {
    try {
      authorizer.authorize()
      return true
    } catch (thrown) {
      if (thrown instanceof Error) throw thrown
      return false
    }
  })
}

/** What a query of biscuit-wasm finds: the terms of each fact. */
export function queryByReference(token: string, rootKey: string, rule: string, trusted?: string): readonly unknown[][] {
  return inWorld(token, rootKey, [['time({now})', { now: 0 }]], (authorizer, library) => {
    const query = library.Rule.fromString(rule)
    if (trusted !== undefined) query.setScope('key', trusted)
    return authorizer.query(query).map((fact) => fact.terms() as unknown[])
  })
}

/** How biscuit-wasm prints each block; only for strings that need no escaping. */
export function sourcesByReference(token: string, rootKey: string): readonly string[] {
  const biscuit = parse(glue(), token, rootKey)
  return Array.from({ length: biscuit.countBlocks() }, (_, index) => biscuit.getBlockSource(index))
}

function parse(library: Glue, token: string, rootKey: string): Biscuit {
  const of = `${rootKey} ${token}`
  if (last?.of === of) return last.biscuit
  const [algorithm, hex = ''] = rootKey.split('/')
  const { Ed25519, Secp256r1 } = library.SignatureAlgorithm
  const key = library.PublicKey.fromString(hex, algorithm === 'ed25519' ? Ed25519 : Secp256r1)
  try {
    const biscuit = library.Biscuit.fromBase64(token, key)
    last?.biscuit.free()
    last = { of, biscuit }
    return biscuit
  } finally {
    key.free()
  }
}

function inWorld<T>(
  token: string,
  rootKey: string,
  facts: readonly Statement[],
  use: (authorizer: ReturnType<InstanceType<Glue['AuthorizerBuilder']>['buildAuthenticated']>, library: Glue) => T,
): T {
  const library = glue()
  const builder = new library.AuthorizerBuilder()
  addAll(library, builder, facts)
  builder.addPolicy(library.Policy.fromString('allow if true'))
  const biscuit = parse(library, token, rootKey)
  const authorizer = builder.buildAuthenticated(biscuit)
  try {
    return use(authorizer, library)
  } finally {
    authorizer.free()
  }
}

type Builder = Pick<InstanceType<Glue['BlockBuilder']>, 'addFact' | 'addCheck' | 'addRule'>

function addAll(library: Glue, builder: Builder, statements: readonly Statement[]): void {
  for (const [source, values = {}, trusted] of statements) {
    const isCheck = /^(?:check|reject) /.test(source)
    const kind = isCheck ? library.Check : source.includes('<-') ? library.Rule : library.Fact
    const statement = kind.fromString(source)
    for (const [name, value] of Object.entries(values)) statement.set(name, value)
    if (trusted !== undefined) (statement as Check).setScope('key', trusted)
    if (isCheck) builder.addCheck(statement as Check)
    else if (kind === library.Rule) builder.addRule(statement as Rule)
    else builder.addFact(statement as Fact)
  }
}
