import { CapabilityError } from '../../internal/base/capability-error.ts'
import { subjectOf as subjectOfKind } from '../../internal/rules/kind.ts'
import { isString } from '../../internal/token/datalog.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'
import { faultOf } from './labels.ts'

/** What the authority has recorded, each once, in the order in which it came. */
export interface Recorded {
  readonly exposures: readonly string[]
  readonly sources: readonly string[]
}

/** Whose session it is. Errors: `wrong_kind` for a token that is no context, or one of two sessions. */
export function subjectOf(authority: SignedBlock): string {
  return subjectOfKind(authority, 'context')
}

/** Whether the authority itself states a block: the first one, or one that it has signed as a third party. */
export function isByAuthority({ external }: SignedBlock, index: number, root: PublicKey): boolean {
  return index === 0 || external?.publicKey.text === root.text
}

/**
 * Reads what a context was exposed to; only the authority's own word counts.
 *
 * Errors: `unsupported_block` for a label of the authority's that is none, which no verifier could exclude; and for a fact
 * `exposure(..)`, whoever states it: contexts before 2.0 recorded exposure so, with nothing that would refuse.
 *
 * @param root - The key that the token was proven with.
 */
export function recordedIn(blocks: readonly SignedBlock[], root: PublicKey): Recorded {
  const exposures = new Set<string>()
  const sources = new Set<string>()
  for (const [index, block] of blocks.entries()) {
    const byAuthority = isByAuthority(block, index, root)
    for (const { name, terms } of block.content.facts) {
      if (name === 'exposure') throw new CapabilityError('unsupported_block', { block: index })
      if (!byAuthority) continue
      const [term] = terms
      if (name === 'exposure_source' && isString(term)) sources.add(term.value)
      if (name !== 'exposed_label') continue
      if (terms.length !== 1 || !isString(term) || faultOf(term.value) !== undefined) {
        throw new CapabilityError('unsupported_block', { block: index })
      }
      exposures.add(term.value)
    }
  }
  return { exposures: Object.freeze([...exposures]), sources: Object.freeze([...sources]) }
}
