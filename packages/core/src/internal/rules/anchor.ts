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

/** What a verifier asserts of its anchor. */
export function anchorFacts(anchor: Anchor | undefined): Fact[] {
  return anchor === undefined ? [] : designationFacts([[ANCHOR, anchor.name]])
}

/** Errors: `wrong_anchor` unless a check binds the anchor, where that is required. */
export function assertAnchored(bindings: readonly Binding[], anchor: Anchor | undefined): void {
  if (!anchor?.required || bindings.some(({ label, value }) => label === ANCHOR && value === anchor.name)) return
  throw new CapabilityError('wrong_anchor', { label: ANCHOR, actual: anchor.name })
}
