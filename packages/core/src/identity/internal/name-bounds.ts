import { CapabilityError } from '../../internal/base/capability-error.ts'
import { isBelow, isIdentityName, segmentsOf } from '../../internal/base/identity-name.ts'
import { checksOf } from '../../internal/evaluate/check.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import { type DepthCheck, isAboutNames, type NameCheck, readNameCheck } from './name-check.ts'

interface Place {
  readonly block: number
  /** `undefined` where an authority block has no check about the name: then its subject speaks, and nobody else. */
  readonly check: number | undefined
}

type NameBound = NameCheck & Place
type DepthBound = DepthCheck & Place

/** All that the blocks of an identity say of the name that its bearer speaks as. */
export interface NameBounds {
  /** Whom the token names: the last block that says anything. Nothing is proven by it. */
  readonly candidate: string
  /** In block order, the authority's first, at most one a block. */
  readonly names: readonly [NameBound, ...NameBound[]]
  readonly depths: readonly DepthBound[]
}

/**
 * Reads what an identity says of names. Decoded checks are read, and only those of a known form: what merely mentions a name, such as
 * `$a == "agent:admin" || true`, would be satisfied by any.
 *
 * Errors: `unsupported_block` for a check about the name of any other form, for a second one of `actor` in a block, for an authority
 * block that names another than its subject, and for a token that states what a verifier is to assert.
 */
export function nameBoundsOf(blocks: readonly SignedBlock[], subject: string): NameBounds {
  const block = blocks.findIndex(({ content }) => content.facts.some(isAboutNames))
  if (block !== -1) throw new CapabilityError('unsupported_block', { block })
  const names: NameBound[] = []
  const depths: DepthBound[] = []
  for (const placed of checksOf(blocks)) {
    if (!placed.check.queries.some(({ body }) => body.some(isAboutNames))) continue
    const place = { block: placed.block, check: placed.index }
    const bound = readNameCheck(placed, blocks)
    if (bound !== undefined && 'most' in bound) depths.push({ ...bound, ...place })
    else if (bound !== undefined && names.at(-1)?.block !== place.block) names.push({ ...bound, ...place })
    else throw new CapabilityError('unsupported_block', place)
  }
  if (names[0]?.block !== 0) names.unshift({ name: subject, open: false, block: 0, check: undefined })
  const [authority, ...later] = names as [NameBound, ...NameBound[]]
  if (authority.name !== subject || !isIdentityName(subject, authority.open)) {
    throw new CapabilityError('unsupported_block', { block: 0, check: authority.check })
  }
  return { candidate: (later.at(-1) ?? authority).name, names: [authority, ...later], depths }
}

/** The first bound that a name is not within; for a name that could not have been minted, the authority's. */
export function boundAgainst(name: string, { names, depths }: NameBounds): NameBound | DepthBound | undefined {
  if (!isIdentityName(name, false)) return names[0]
  const outside = names.find((bound) => name !== bound.name && !(bound.open && isBelow(name, bound.name)))
  return outside ?? depths.find(({ most }) => segmentsOf(name) > most)
}

/** Errors: `wrong_subject` for a name that is not within the bounds. */
export function assertWithin(name: string, bounds: NameBounds): void {
  const bound = boundAgainst(name, bounds)
  if (bound === undefined) return
  const { block, check } = bound
  const [expected, actual] = 'name' in bound ? [bound.name, name] : [String(bound.most), String(segmentsOf(name))]
  throw new CapabilityError('wrong_subject', { block, check, expected, actual })
}
