import { CapabilityError } from '../base/capability-error.ts'
import { ANCHOR } from '../base/labels.ts'
import type { Binding } from './bindings.ts'

/** Errors: `wrong_anchor` unless a check binds the anchor. */
export function assertAnchored(bindings: readonly Binding[], anchor: string | undefined): void {
  if (bindings.some(({ label, value }) => label === ANCHOR && value === anchor)) return
  throw new CapabilityError('wrong_anchor', { label: ANCHOR, actual: anchor })
}
