import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { Proof, Raw, RawKey } from './model.ts'
import { message, readFields, readKey, varint, withExtra, writeKey } from './wire.ts'

/** A token taken apart, with nothing checked. */
export interface Envelope extends Raw {
  readonly rootKeyId?: number
  readonly authority: SignedBlock
  readonly blocks: readonly SignedBlock[]
  readonly proof: Proof
  /** Field numbers left out. */
  readonly omit?: readonly number[]
}

export interface SignedBlock extends Raw {
  readonly block: Uint8Array
  readonly nextKey: RawKey
  readonly signature: Uint8Array
  readonly external?: ExternalSignature
  readonly version?: number
  readonly omit?: readonly number[]
}

export interface ExternalSignature extends Raw {
  readonly signature: Uint8Array
  readonly publicKey: RawKey
}

/** The token as text: URL-safe base64 with padding. */
export function writeToken(envelope: Envelope): string {
  return textOf(encodeEnvelope(envelope))
}

export function readToken(token: string): Envelope {
  return decodeEnvelope(bytesOf(token))
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

export function bytesOf(token: string): Uint8Array {
  return Uint8Array.from(Buffer.from(token, 'base64url'))
}

function encodeEnvelope(envelope: Envelope): Uint8Array {
  const writer = new BinaryWriter()
  const put = omitting(writer, envelope.omit)
  if (envelope.rootKeyId !== undefined) put(1, varint(1, BigInt(envelope.rootKeyId)))
  put(2, message(2, encodeSignedBlock(envelope.authority)))
  for (const block of envelope.blocks) put(3, message(3, encodeSignedBlock(block)))
  put(4, message(4, encodeProof(envelope.proof)))
  return withExtra(writer, envelope.extra)
}

function encodeSignedBlock(block: SignedBlock): Uint8Array {
  const writer = new BinaryWriter()
  const put = omitting(writer, block.omit)
  put(1, message(1, block.block))
  put(2, message(2, writeKey(block.nextKey)))
  put(3, message(3, block.signature))
  if (block.external !== undefined) put(4, message(4, encodeExternal(block.external)))
  if (block.version !== undefined) put(5, varint(5, BigInt(block.version)))
  return withExtra(writer, block.extra)
}

function encodeExternal(external: ExternalSignature): Uint8Array {
  const writer = new BinaryWriter().raw(message(1, external.signature)).raw(message(2, writeKey(external.publicKey)))
  return withExtra(writer, external.extra)
}

function encodeProof(proof: Proof): Uint8Array {
  const writer = new BinaryWriter()
  if (proof.nextSecret !== undefined) writer.raw(message(1, proof.nextSecret))
  if (proof.finalSignature !== undefined) writer.tag(2, WireType.LengthDelimited).bytes(proof.finalSignature)
  return withExtra(writer, proof.extra)
}

function omitting(writer: BinaryWriter, omit: readonly number[] = []): (field: number, bytes: Uint8Array) => void {
  return (field, bytes) => {
    if (!omit.includes(field)) writer.raw(bytes)
  }
}

function decodeEnvelope(bytes: Uint8Array): Envelope {
  const envelope: { -readonly [K in keyof Envelope]: Envelope[K] } & { blocks: SignedBlock[] } = {
    authority: {
      block: new Uint8Array(),
      nextKey: { algorithm: 0, key: new Uint8Array() },
      signature: new Uint8Array(),
    },
    blocks: [],
    proof: {},
  }
  readFields(bytes, (field, reader) => {
    if (field === 1) envelope.rootKeyId = reader.uint32()
    else if (field === 2) envelope.authority = decodeSignedBlock(reader.bytes())
    else if (field === 3) envelope.blocks.push(decodeSignedBlock(reader.bytes()))
    else if (field === 4) envelope.proof = decodeProof(reader.bytes())
    else return false
    return true
  })
  return envelope
}

function decodeSignedBlock(bytes: Uint8Array): SignedBlock {
  const block: { -readonly [K in keyof SignedBlock]: SignedBlock[K] } = {
    block: new Uint8Array(),
    nextKey: { algorithm: 0, key: new Uint8Array() },
    signature: new Uint8Array(),
  }
  readFields(bytes, (field, reader) => {
    if (field === 1) block.block = Uint8Array.from(reader.bytes())
    else if (field === 2) block.nextKey = readKey(reader.bytes())
    else if (field === 3) block.signature = Uint8Array.from(reader.bytes())
    else if (field === 4) block.external = decodeExternal(reader.bytes())
    else if (field === 5) block.version = reader.uint32()
    else return false
    return true
  })
  return block
}

function decodeExternal(bytes: Uint8Array): ExternalSignature {
  let signature = new Uint8Array()
  let publicKey: RawKey = { algorithm: 0, key: new Uint8Array() }
  readFields(bytes, (field, reader) => {
    if (field === 1) signature = Uint8Array.from(reader.bytes())
    else if (field === 2) publicKey = readKey(reader.bytes())
    else return false
    return true
  })
  return { signature, publicKey }
}

function decodeProof(bytes: Uint8Array): Proof {
  const proof: { -readonly [K in keyof Proof]: Proof[K] } = {}
  readFields(bytes, (field, reader) => {
    if (field === 1) proof.nextSecret = Uint8Array.from(reader.bytes())
    else if (field === 2) proof.finalSignature = Uint8Array.from(reader.bytes())
    else return false
    return true
  })
  return proof
}
