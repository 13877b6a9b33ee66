import { ANCHOR } from '../../internal/base/labels.ts'
import { checkDesignations, checkName, checkOptions } from '../../internal/base/options.ts'
import { printable } from '../../internal/base/printable.ts'
import { statedWorld } from '../../internal/evaluate/world.ts'
import { bindingsOf } from '../../internal/rules/bindings.ts'
import type { Token } from '../../internal/token/decode-token.ts'
import { parsePublicKey } from '../../keys/internal/keys.ts'
import type { NarrowingOptions } from '../narrowing-options.ts'
import type { Attested, Narrowing } from './capability-block.ts'

/** The names of the options that narrow a capability, when it is minted or later. */
export const NARROWING_OPTIONS = { designations: true, anchor: true, attested: true } as const satisfies Record<
  keyof NarrowingOptions,
  true
>

/**
 * Checks the options that narrow a capability.
 *
 * @throws `TypeError` that starts with the name of the option that is wrong, or with `attested.<label>`.
 */
export function readNarrowing({ designations = {}, anchor, attested = {} }: NarrowingOptions): Narrowing {
  if (anchor !== undefined) checkName('anchor', anchor)
  const plain = checkDesignations('designations', designations)
  const byLabel = checkDesignations('attested', attested, readAttested)
  for (const [label, { value }] of byLabel) {
    if (plain.has(label) && plain.get(label) !== value) {
      throw new TypeError(`attested.${printable(label)}: is another value than that of designations`)
    }
  }
  return { designations: plain, anchor, attested: byLabel }
}

function readAttested(path: string, given: unknown): Attested {
  checkOptions(path, given, { value: true, by: true })
  const { value, by } = given as { value: unknown; by: string }
  checkName(`${path}.value`, value)
  return { value, by: parsePublicKey(by, `${path}.by`) }
}

export function isEmpty({ designations, anchor, attested }: Narrowing): boolean {
  return designations.size === 0 && anchor === undefined && attested.size === 0
}

/**
 * Refuses a second value for a label. No verifier would accept the token, because a verifier asserts one value per
 * label.
 *
 * @throws `TypeError` that starts with the name of the option.
 */
export function checkNoConflict({ blocks }: Token, { designations, anchor, attested }: Narrowing): void {
  for (const { label, value } of bindingsOf(blocks, statedWorld(blocks))) {
    if (label === ANCHOR && anchor !== undefined) throw new TypeError('anchor: the token has one already')
    const path = printable(label)
    if ((designations.get(label) ?? value) !== value) {
      throw new TypeError(`designations.${path}: the token demands another value already`)
    }
    if ((attested.get(label)?.value ?? value) !== value) {
      throw new TypeError(`attested.${path}: the token demands another value already`)
    }
  }
}
