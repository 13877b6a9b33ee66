import { withS } from '../forge/crypto.ts'
import { bytesOf, type Envelope, readToken, type SignedBlock, textOf, writeToken } from '../forge/envelope.ts'
import { forgeEnvelope } from '../forge/forge.ts'
import type { BlockSpec, TokenSpec } from '../forge/model.ts'
import type { Draw } from './draw.ts'

/** What somebody without any key can do to a token on its way: bytes changed, blocks moved or cut, signatures written otherwise. */
export function mutate(token: string, draw: Draw): string {
  if (draw.chance(40)) return flipBytes(token, draw)
  const envelope = readToken(token)
  return writeToken(draw.pick(MUTATIONS)(envelope, draw))
}

/** What a signer can do: a block whose content is not what any writer writes, under valid signatures. */
export function corrupt(spec: TokenSpec, draw: Draw): TokenSpec {
  const { authority, blocks } = forgeEnvelope(spec)
  const chosen = draw.below(blocks.length + 1)
  const raw = flip((blocks[chosen - 1] ?? authority).block, draw)
  const corrupted = (block: BlockSpec, index: number) => (index === chosen ? { ...block, raw } : block)
  return {
    ...spec,
    authority: corrupted(spec.authority, 0),
    blocks: (spec.blocks ?? []).map((block, index) => corrupted(block, index + 1)),
  }
}

type Mutation = (envelope: Envelope, draw: Draw) => Envelope

const MUTATIONS: readonly Mutation[] = [
  cut,
  (envelope, draw) => ({ ...envelope, blocks: envelope.blocks.toSpliced(draw.below(4), 1) }),
  (envelope) => ({ ...envelope, blocks: envelope.blocks.toReversed() }),
  (envelope) => ({ ...envelope, blocks: [...envelope.blocks, ...envelope.blocks.slice(-1)] }),
  (envelope, draw) => mapBlock(envelope, draw, (block) => ({ ...block, signature: otherS(block.signature) })),
  (envelope, draw) => mapBlock(envelope, draw, ({ external: _, ...block }) => block),
  (envelope, draw) => mapBlock(envelope, draw, (block) => ({ ...block, version: 1 - (block.version ?? 0) })),
  (envelope, draw) => mapBlock(envelope, draw, (block) => ({ ...block, nextKey: envelope.authority.nextKey })),
  (envelope) => ({ ...envelope, rootKeyId: (envelope.rootKeyId ?? 0) + 1 }),
  (envelope) => ({ ...envelope, proof: { finalSignature: envelope.authority.signature } }),
]

/** Cuts the last block off, with a proof that is somebody's. */
function cut(envelope: Envelope): Envelope {
  return { ...envelope, blocks: envelope.blocks.slice(0, -1) }
}

function mapBlock(envelope: Envelope, draw: Draw, change: (block: SignedBlock) => SignedBlock): Envelope {
  const chosen = draw.below(envelope.blocks.length + 1)
  if (chosen === 0) return { ...envelope, authority: change(envelope.authority) }
  return { ...envelope, blocks: envelope.blocks.map((block, index) => (index === chosen - 1 ? change(block) : block)) }
}

/** P-256 signatures have two encodings; anyone can turn one into the other. */
function otherS(signature: Uint8Array): Uint8Array {
  if (signature.length === 64) return signature
  const high = withS(signature, 'high')
  return Buffer.compare(high, signature) === 0 ? withS(signature, 'low') : high
}

function flipBytes(token: string, draw: Draw): string {
  return textOf(flip(bytesOf(token), draw))
}

function flip(original: Uint8Array, draw: Draw): Uint8Array {
  const bytes = Uint8Array.from(original)
  for (const _ of [0, ...draw.several(2, 30, () => 0)]) {
    const position = Math.floor(((draw.byte() * 256 + draw.byte()) * bytes.length) / 65_536)
    if (bytes.length > 0) bytes[position] = (bytes[position] as number) ^ (1 << draw.below(8))
  }
  return bytes
}
