import { CapabilityError } from '../base/capability-error.ts'
import { ANCHOR } from '../base/labels.ts'
import type { Fact } from '../evaluate/world.ts'
import type { Binding } from './bindings.ts'
import { designationFacts } from './facts.ts'

/** The service that verifies. */
export interface Anchor {
  readonly name: string
  /** Whether a token must be bound to it. */
  readonly required: boolean
}

/** The fact that a verifier asserts about its anchor. */
export function anchorFacts(anchor: Anchor | undefined): Fact[] {
  return anchor === undefined ? [] : designationFacts([[ANCHOR, anchor.name]])
}

/**
 * Refuses a token that no check binds to the anchor, if the verifier requires that.
 *
 * @throws `CapabilityError`: `wrong_anchor`.
 */
export function assertAnchored(bindings: readonly Binding[], anchor: Anchor | undefined): void {
  if (!anchor?.required || bindings.some(({ label, value }) => label === ANCHOR && value === anchor.name)) return
  throw new CapabilityError('wrong_anchor', { label: ANCHOR, actual: anchor.name })
}
