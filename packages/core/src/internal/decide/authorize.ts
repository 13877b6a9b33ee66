import { CapabilityError } from '../../capability-error.ts'
import type { Limits } from '../../limits.ts'
import type { Designations } from '../../verifier.ts'
import { checksOf, satisfied } from '../evaluate/check.ts'
import { Work } from '../evaluate/work.ts'
import { World } from '../evaluate/world.ts'
import { statedFacts, statedWorld } from '../read-token.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import { assertAttested, namesKey } from './attested.ts'
import { type Binding, bindingsOf } from './bindings.ts'
import { ANCHOR } from './designation.ts'
import { type Assertions, derivedFacts, verifierFacts } from './facts.ts'
import { failedCheck } from './failed-check.ts'
import { assertRejectable } from './reject-if.ts'

/** Demands beyond the token's own checks. */
export interface Demands {
  /** Whether a label of the request may be unbound. */
  readonly allowUndesignated: boolean
  /** Whether the anchor must be bound. */
  readonly anchored: boolean
  /** Whether a binding counts, by who made it. */
  readonly counts: (binding: Binding) => boolean
}

/**
 * Decides: every check holds, also without the verifier's word where it names a key, and what is demanded is bound.
 *
 * Errors: see `ProvenCapability.authorize`.
 *
 * @returns The designations of the request that are bound.
 */
export function decide(token: Token, assertions: Assertions, demands: Demands, limits: Limits): Designations {
  const { blocks } = token
  const asserted = new Map([...assertions.designations, ...assertions.reserved])
  const work = new Work(limits.steps)
  assertRejectable(blocks, new World(verifierFacts(assertions)))
  const world = worldOf(blocks, assertions)
  for (const placed of checksOf(blocks)) {
    if (!satisfied(placed, blocks, world, work)) throw failedCheck(placed, asserted)
  }
  const attested = checksOf(blocks).filter((placed) => namesKey(placed, blocks))
  if (attested.length > 0) {
    const unaided = { ...assertions, designations: new Map(), namespace: undefined, subject: undefined }
    assertAttested(attested, blocks, worldOf(blocks, unaided), assertions.designations, work)
  }
  const bindings = bindingsOf(blocks, statedWorld(blocks))
  const bound = boundDesignations(bindings, assertions.designations, demands)
  if (demands.anchored) assertAnchored(bindings, assertions.reserved.get(ANCHOR))
  return bound
}

function worldOf(blocks: readonly SignedBlock[], assertions: Assertions): World {
  const facts = [...statedFacts(blocks), ...verifierFacts(assertions)]
  return new World([...facts, ...derivedFacts(blocks, new World(facts))])
}

/** Errors: `undesignated` for a label of the request that no check binds. */
function boundDesignations(
  bindings: readonly Binding[],
  requested: ReadonlyMap<string, string>,
  { allowUndesignated, counts }: Demands,
): Designations {
  const bound: Record<string, string> = Object.create(null)
  for (const [label, value] of requested) {
    if (bindings.some((binding) => binding.label === label && binding.value === value && counts(binding))) {
      bound[label] = value
    } else if (!allowUndesignated) {
      throw new CapabilityError('undesignated', { label, actual: value })
    }
  }
  return Object.freeze(bound)
}

function assertAnchored(bindings: readonly Binding[], anchor: string | undefined): void {
  if (bindings.some(({ label, value }) => label === ANCHOR && value === anchor)) return
  throw new CapabilityError('wrong_anchor', { label: ANCHOR, actual: anchor })
}
