import { CapabilityError } from '../../internal/base/capability-error.ts'
import { isBelow, isIdentityName, segmentsOf } from '../../internal/base/identity-name.ts'
import { checksOf } from '../../internal/evaluate/check.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import { type DepthCheck, isAboutNames, type NameCheck, readNameCheck } from './name-check.ts'

interface Place {
  readonly block: number
  /** `undefined` if the authority block has no check about the name: then only its subject is allowed. */
  readonly check: number | undefined
}

type NameBound = NameCheck & Place
type DepthBound = DepthCheck & Place

/** The limits that the blocks of an identity set for the name that its bearer speaks as. */
export interface NameBounds {
  /** The name in the last block that has one. It is not proven before all checks hold for it. */
  readonly candidate: string
  /** In block order, that of the authority first. At most one per block. */
  readonly names: readonly [NameBound, ...NameBound[]]
  readonly depths: readonly DepthBound[]
}

/**
 * Reads the limits for names from decoded checks of known forms. A check of another form may mention a name without
 * limiting it, such as `$a == "agent:admin" || true`, which holds for every name.
 *
 * @throws `CapabilityError`: `unsupported_block` for a check about the name in another form, a second check of `actor`
 *   in a block, an authority block that names another name than its subject, and a token that states facts about the
 *   name itself.
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

/** The first bound that does not allow a name. For a name that could not have been minted, that of the authority. */
export function boundAgainst(name: string, { names, depths }: NameBounds): NameBound | DepthBound | undefined {
  if (!isIdentityName(name, false)) return names[0]
  const outside = names.find((bound) => name !== bound.name && !(bound.open && isBelow(name, bound.name)))
  return outside ?? depths.find(({ most }) => segmentsOf(name) > most)
}

/**
 * Refuses a name that the bounds do not allow.
 *
 * @throws `CapabilityError`: `wrong_subject`.
 */
export function assertWithin(name: string, bounds: NameBounds): void {
  const bound = boundAgainst(name, bounds)
  if (bound === undefined) return
  const { block, check } = bound
  const [expected, actual] = 'name' in bound ? [bound.name, name] : [String(bound.most), String(segmentsOf(name))]
  throw new CapabilityError('wrong_subject', { block, check, expected, actual })
}
