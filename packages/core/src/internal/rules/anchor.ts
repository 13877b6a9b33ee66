import { CapabilityError } from '../base/capability-error.ts'
import { ANCHOR } from '../base/labels.ts'
import type { Binding } from './bindings.ts'

/** The service that verifies. */
export interface Anchor {
  readonly name: string
  /** Whether a token must be bound to it. */
  readonly required: boolean
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
