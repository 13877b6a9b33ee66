import { EMPTY_TABLES, encodeBlock, extendTables, type Tables } from './block.ts'
import { privateKeyFrom, rawKey, rawPublicKeyOf, secretOf, signWith } from './crypto.ts'
import { type Envelope, type ExternalSignature, readToken, type SignedBlock, writeToken } from './envelope.ts'
import type { BlockSpec, RawKey, Signature, Signing, TokenSpec } from './model.ts'
import { concat } from './wire.ts'

/** Builds a token as specified, honest or not, without the code under test and without the reference implementation. */
export function forge(spec: TokenSpec): string {
  return writeToken(forgeEnvelope(spec))
}

export function forgeEnvelope(spec: TokenSpec): Envelope {
  const chain = new Chain(spec.root)
  for (const block of [spec.authority, ...(spec.blocks ?? [])]) chain.append(block)
  const [authority, ...blocks] = chain.signed as [SignedBlock, ...SignedBlock[]]
  return {
    ...(spec.rootKeyId === undefined ? {} : { rootKeyId: spec.rootKeyId }),
    authority,
    blocks,
    proof: spec.proof ?? (spec.sealed ? { finalSignature: chain.seal() } : { nextSecret: secretOf(chain.key) }),
    ...(spec.omit === undefined ? {} : { omit: spec.omit }),
    ...(spec.extra === undefined ? {} : { extra: spec.extra }),
  }
}

/** Appends a block with nothing but the token, as any holder can; with an external key, as a third party's block. */
export function appendBlock(token: string, block: BlockSpec, options: { externalKey?: string } = {}): string {
  const envelope = readToken(token)
  const chain = Chain.resume(envelope)
  const external = options.externalKey === undefined ? {} : { external: options.externalKey }
  chain.append({ ...block, signing: { ...block.signing, ...external } })
  return writeToken({
    ...envelope,
    blocks: chain.signed.slice(1),
    proof: { nextSecret: secretOf(chain.key) },
  })
}

/** Seals an open token, as any holder can. */
export function sealToken(token: string, sign?: (key: string, data: Uint8Array) => Uint8Array): string {
  const envelope = readToken(token)
  return writeToken({ ...envelope, proof: { finalSignature: Chain.resume(envelope).seal(sign) } })
}

function made(signature: Signature | undefined, data: Uint8Array): Uint8Array | undefined {
  return typeof signature === 'function' ? signature(data) : signature
}

class Chain {
  /** Private key that signs the next block. */
  key: string
  readonly signed: SignedBlock[] = []
  private tables: Tables = EMPTY_TABLES

  constructor(key: string) {
    this.key = key
  }

  static resume(envelope: Envelope): Chain {
    const signed = [envelope.authority, ...envelope.blocks]
    const last = signed.at(-1) as SignedBlock
    if (envelope.proof.nextSecret === undefined) throw new Error('the token is sealed')
    const prefix = last.nextKey.algorithm === 0 ? 'ed25519-private' : 'secp256r1-private'
    const chain = new Chain(`${prefix}/${Buffer.from(envelope.proof.nextSecret).toString('hex')}`)
    for (const block of signed) {
      chain.signed.push(block)
      if (block.external === undefined) chain.tables = extendTables(chain.tables, block.block)
    }
    return chain
  }

  append(spec: BlockSpec): void {
    const signing = spec.signing ?? {}
    const thirdParty = signing.external !== undefined
    const { bytes, version, tables } = encodeBlock(spec, this.tables, thirdParty)
    const previous = this.signed.at(-1)?.signature
    const nextKey = signing.nextKey ?? privateKeyFrom(`next key ${this.signed.length}`)
    const signer = signing.signedBy ?? this.key
    const payloadVersion = signing.payloadVersion ?? this.payloadVersion(thirdParty, version, signer, nextKey)
    const external = thirdParty ? externalSignature(signing, bytes, previous, payloadVersion) : undefined
    const published =
      signing.publishedNextKey === undefined ? rawPublicKeyOf(nextKey) : rawKey(signing.publishedNextKey)
    const payload = blockPayload(payloadVersion, bytes, published, previous, external?.signature)
    const written = signing.writtenVersion === undefined ? payloadVersion || null : signing.writtenVersion
    this.signed.push({
      block: bytes,
      nextKey: published,
      signature: made(signing.signature, payload) ?? signWith(signer, payload, signing.s),
      ...(external === undefined ? {} : { external }),
      ...(written === null ? {} : { version: written }),
      ...(signing.omit === undefined ? {} : { omit: signing.omit }),
      ...(signing.extra === undefined ? {} : { extra: signing.extra }),
    })
    this.tables = tables
    this.key = nextKey
  }

  seal(sign: (key: string, data: Uint8Array) => Uint8Array = signWith): Uint8Array {
    const { block, nextKey, signature } = this.signed.at(-1) as SignedBlock
    return sign(this.key, concat(block, littleEndian(nextKey.algorithm), nextKey.key, signature))
  }

  private payloadVersion(thirdParty: boolean, blockVersion: number, signer: string, nextKey: string): number {
    if (thirdParty || blockVersion >= 6) return 1
    if (!signer.startsWith('ed25519') || !nextKey.startsWith('ed25519')) return 1
    return Math.max(0, ...this.signed.map((block) => block.version ?? 0))
  }
}

function externalSignature(
  signing: Signing,
  payload: Uint8Array,
  previous: Uint8Array = new Uint8Array(),
  version: number,
): ExternalSignature {
  const signer = signing.external as string
  const data = concat(
    ascii('\0EXTERNAL\0\0VERSION\0'),
    littleEndian(version),
    ascii('\0PAYLOAD\0'),
    payload,
    ascii('\0PREVSIG\0'),
    previous,
  )
  return {
    signature: made(signing.externalSignature, data) ?? signWith(signer, data, signing.externalS),
    publicKey: signing.externalKey === undefined ? rawPublicKeyOf(signer) : rawKey(signing.externalKey),
  }
}

function blockPayload(
  version: number,
  block: Uint8Array,
  nextKey: RawKey,
  previous: Uint8Array | undefined,
  external: Uint8Array = new Uint8Array(),
): Uint8Array {
  const algorithm = littleEndian(nextKey.algorithm)
  if (version === 0) return concat(block, external, algorithm, nextKey.key)
  return concat(
    ascii('\0BLOCK\0\0VERSION\0'),
    littleEndian(version),
    ascii('\0PAYLOAD\0'),
    block,
    ascii('\0ALGORITHM\0'),
    algorithm,
    ascii('\0NEXTKEY\0'),
    nextKey.key,
    ...(previous === undefined ? [] : [ascii('\0PREVSIG\0'), previous]),
    ...(external.length === 0 ? [] : [ascii('\0EXTERNALSIG\0'), external]),
  )
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
}

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}
