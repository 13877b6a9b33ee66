import { privateKeyFrom } from '../../packages/core/test/support/forge/crypto.ts'
import { bytesOf, readToken, textOf } from '../../packages/core/test/support/forge/envelope.ts'
import { appendBlock, forge } from '../../packages/core/test/support/forge/forge.ts'
import type { BlockSpec, Signing } from '../../packages/core/test/support/forge/model.ts'
import type { ProfileCase } from '../../packages/core/test/support/gen/arbitraries.ts'
import { corrupt, mutate } from '../../packages/core/test/support/gen/mutations.ts'
import { copyBytes, cutBytes, deleteBytes, flipBits, insertBytes, overwriteBytes } from './bytes.ts'
import type { Random } from './random.ts'
import { changeTree, parseTree, spliceTree, writeTree } from './wire-tree.ts'

/** A valid token that mutants are made of. */
export interface Base extends ProfileCase {
  readonly token: string
}

/** Who could have made the mutant: anyone, the holder of the token, or somebody with the authority's key. */
export type Maker = 'anyone' | 'holder' | 'authority'

export interface MutationKind {
  readonly name: string
  readonly maker: Maker
  /** How many of some 590 mutants are of this kind. */
  readonly weight: number
  make(base: Base, other: Base, random: Random): string
}

const LARGEST = 1_000_000
const STRANGER = privateKeyFrom('a stranger')
const TEXT = ['=', '==', ' ', '\n', '+', '/', '-', '_', '.', 'A', '%3D', '\0', 'é', '\u{1f511}', '\ud800']

export const KINDS: readonly MutationKind[] = [
  onBytes('bits flipped', 70, flipBits),
  onBytes('bytes overwritten', 30, overwriteBytes),
  onBytes('bytes inserted', 30, insertBytes),
  onBytes('bytes deleted', 30, deleteBytes),
  onBytes('bytes copied', 20, copyBytes),
  onBytes('bytes cut off', 30, cutBytes),
  { name: 'text changed', maker: 'anyone', weight: 30, make: changeText },
  { name: 'two tokens spliced', maker: 'anyone', weight: 70, make: splice },
  {
    name: 'messages changed',
    maker: 'anyone',
    weight: 40,
    make: ({ token }, other, random) => changed(token, other, random),
  },
  { name: 'blocks moved', maker: 'anyone', weight: 30, make: ({ token }, _, random) => mutate(token, random.draw()) },
  { name: 'statements appended', maker: 'holder', weight: 40, make: appendStatements },
  { name: 'odd block appended', maker: 'holder', weight: 50, make: appendOddBlock },
  { name: 'odd block signed', maker: 'authority', weight: 50, make: signOddBlock },
  {
    name: 'corrupt block signed',
    maker: 'authority',
    weight: 20,
    make: ({ spec }, _, random) => forge(corrupt(spec, random.draw())),
  },
  {
    name: 'random bytes',
    maker: 'anyone',
    weight: 15,
    make: (_, __, random) => textOf(random.bytes(random.below(600))),
  },
  { name: 'random text', maker: 'anyone', weight: 15, make: (_, __, random) => randomText(random.below(600), random) },
  { name: 'up to 1 MB', maker: 'anyone', weight: 1, make: large },
]

function onBytes(
  name: string,
  weight: number,
  change: (bytes: Uint8Array, random: Random) => Uint8Array,
): MutationKind {
  return { name, maker: 'anyone', weight, make: ({ token }, _, random) => textOf(change(bytesOf(token), random)) }
}

function splice({ token }: Base, other: Base, random: Random): string {
  const tree = parseTree(bytesOf(token)) ?? []
  const donor = parseTree(bytesOf(other.token)) ?? []
  for (let count = 1 + random.below(3); count > 0; count--) spliceTree(tree, donor, random)
  return textOf(writeTree(tree))
}

function changed(token: string, other: Base, random: Random): string {
  return textOf(changedMessage(bytesOf(token), bytesOf(other.token), random))
}

function changedMessage(bytes: Uint8Array, donor: Uint8Array, random: Random): Uint8Array {
  const tree = parseTree(bytes) ?? []
  changeTree(tree, parseTree(donor) ?? [], random)
  return writeTree(tree)
}

/** A block that somebody else wrote into a token of his own: his facts, rights and checks, in mine. */
function appendStatements({ token }: Base, other: Base, random: Random): string {
  const block = random.pick([other.spec.authority, ...(other.spec.blocks ?? [])])
  return appendBlock(token, { ...block, signing: signingOf(random) }, external(random))
}

function appendOddBlock({ token }: Base, other: Base, random: Random): string {
  const raw = changedMessage(
    payloadOf(random.chance(50) ? token : other.token, random),
    payloadOf(other.token, random),
    random,
  )
  return appendBlock(token, { raw, signing: signingOf(random) }, external(random))
}

function signOddBlock({ token, spec }: Base, other: Base, random: Random): string {
  const payloads = payloadsOf(token)
  const chosen = random.below(payloads.length)
  const raw = changedMessage(payloads[chosen] as Uint8Array, payloadOf(other.token, random), random)
  const odd = (block: BlockSpec, index: number) => {
    if (index !== chosen) return block
    return { ...block, raw, signing: { ...block.signing, ...signingOf(random) } }
  }
  return forge({
    ...spec,
    authority: odd(spec.authority, 0),
    blocks: (spec.blocks ?? []).map((block, index) => odd(block, index + 1)),
  })
}

function payloadOf(token: string, random: Random): Uint8Array {
  return random.pick(payloadsOf(token))
}

function payloadsOf(token: string): Uint8Array[] {
  const { authority, blocks } = readToken(token)
  return [authority, ...blocks].map(({ block }) => block)
}

/** Of both layouts, and now and then of one that does not exist or is not the one that is written. */
function signingOf(random: Random): Signing {
  return {
    ...(random.chance(60) ? { payloadVersion: random.chance(95) ? random.below(2) : 2 } : {}),
    ...(random.chance(4) ? { writtenVersion: random.pick([null, 0, 1, 2]) } : {}),
  }
}

function external(random: Random): { externalKey?: string } {
  return random.chance(30) ? { externalKey: STRANGER } : {}
}

function changeText({ token }: Base, _: Base, random: Random): string {
  const position = random.below(token.length + 1)
  const odd = random.pick(TEXT)
  switch (random.below(6)) {
    case 0:
      return token.slice(0, position)
    case 1:
      return token.slice(0, position) + odd + token.slice(position + 1)
    case 2:
      return token.slice(0, position) + odd + token.slice(position)
    case 3:
      return random.chance(50) ? token + odd : odd + token
    case 4:
      return token.replaceAll('-', '+').replaceAll('_', '/')
    default:
      return token.replaceAll('=', '')
  }
}

function randomText(length: number, random: Random): string {
  return Array.from({ length }, () =>
    random.chance(90) ? String.fromCharCode(random.below(128)) : random.pick(TEXT),
  ).join('')
}

function large({ token }: Base, other: Base, random: Random): string {
  const length = random.below(LARGEST)
  switch (random.below(4)) {
    case 0:
      return textOf(Buffer.alloc(length, random.bytes(1021)))
    case 1:
      return token.repeat(Math.ceil(length / token.length))
    case 2: {
      const tree = parseTree(bytesOf(token)) ?? []
      const gifts = (parseTree(bytesOf(other.token)) ?? []).filter(({ number }) => number > 1)
      for (let size = 0; size < length && gifts.length > 0; size += 200) tree.push(random.pick(gifts))
      return textOf(writeTree(tree))
    }
    default:
      return 'CgAS'.repeat(length / 4)
  }
}
