import { CapabilityError } from '../../capability-error.ts'
import { subjectOf as subjectOfKind } from '../decide/kind.ts'
import type { PublicKey } from '../keys.ts'
import { isString } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
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

/** What a context may state, each of one term. */
const KNOWN_FACTS: readonly string[] = ['context', 'exposed_label', 'exposure_source', 'exposure_time']

/**
 * Reads what a context was exposed to; only the authority's own word counts.
 *
 * Errors: `unsupported_block` for a label or source of the authority's that is none, which no verifier could exclude or tell;
 * and for any other fact than those of a context, whoever states it. Contexts before 2.0 recorded exposure as `taint(..)` and
 * then as `exposure(..)`, in blocks without a key and with nothing that would refuse: what is not understood may be an
 * exposure.
 *
 * @param root - The key that the token was proven with.
 */
export function recordedIn(blocks: readonly SignedBlock[], root: PublicKey): Recorded {
  const exposures = new Set<string>()
  const sources = new Set<string>()
  for (const [index, block] of blocks.entries()) {
    const byAuthority = isByAuthority(block, index, root)
    for (const { name, terms } of block.content.facts) {
      if (!KNOWN_FACTS.includes(name) || terms.length !== 1) throw unsupported(index)
      const isRecord = name === 'exposed_label' || name === 'exposure_source'
      if (!byAuthority || !isRecord) continue
      const [term] = terms
      if (!isString(term)) throw unsupported(index)
      if (name === 'exposure_source') sources.add(term.value)
      else if (faultOf(term.value) === undefined) exposures.add(term.value)
      else throw unsupported(index)
    }
  }
  return { exposures: Object.freeze([...exposures]), sources: Object.freeze([...sources]) }
}

function unsupported(block: number): CapabilityError {
  return new CapabilityError('unsupported_block', { block })
}
