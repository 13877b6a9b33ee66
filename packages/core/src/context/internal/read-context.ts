import { CapabilityError } from '../../internal/base/capability-error.ts'
import { once } from '../../internal/base/once.ts'
import { subjectOf as subjectOfKind } from '../../internal/rules/kind.ts'
import { isString } from '../../internal/token/datalog.ts'
import type { SignedBlock, Token } from '../../internal/token/decode-token.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'
import { faultOf } from './labels.ts'

/** What the authority has recorded: each label and source once, in the recorded order. */
export interface Recorded {
  readonly exposures: readonly string[]
  readonly sources: readonly string[]
}

/**
 * The subject of the session.
 *
 * @throws `CapabilityError`: `wrong_kind` for a token that is not a context, or has several subjects.
 */
export function subjectOf(authority: SignedBlock): string {
  return subjectOfKind(authority, 'context')
}

/** What a context declares. Its records are read after expiry and revocation, whose refusals come first. */
export function declaredOf({ blocks }: Token, _demands: unknown, root: PublicKey): DeclaredContext {
  return { subject: subjectOf(blocks[0] as SignedBlock), recorded: once(() => recordedIn(blocks, root)) }
}

interface DeclaredContext {
  readonly subject: string
  readonly recorded: () => Recorded
}

/** Whether the authority wrote a block: it is the first one, or the authority signed it as a third party. */
export function isByAuthority({ external }: SignedBlock, index: number, root: PublicKey): boolean {
  return index === 0 || external?.publicKey.text === root.text
}

/** The facts that a context may state, each with one term. */
const KNOWN_FACTS: readonly string[] = ['context', 'exposed_label', 'exposure_source', 'exposure_time']

/**
 * Reads the exposures of a context. Only blocks of the authority count.
 *
 * A fact that a context does not have is refused in every block, because it may record an exposure: contexts before 2.0
 * used `taint(..)` and then `exposure(..)`, in blocks without a key and without a check that refuses.
 *
 * @param root - The key that the token was verified with.
 * @throws `CapabilityError`: `unsupported_block` for a label or source of the authority that is invalid, and for a fact
 *   that a context does not have.
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
