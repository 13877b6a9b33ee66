import { EngineError } from '../engine-error.ts'
import type { Grant } from '../policy/policy.ts'
import { type Ancestor, grantsAbove } from './grants-above.ts'
import { type Asked, detailsOf, type Granted, type Parts } from './plan.ts'

/** What the policy and the caller agree on, once every ancestor agrees too. */
export interface Bounds {
  readonly anchor: string | undefined
  /** The longest lifetime of the subject and all of its ancestors, in seconds. */
  readonly maxTtl: number | undefined
  /** The labels that the subject and all of its ancestors may leave to the holder. */
  readonly leftToHolder: readonly string[]
  /** From label to key: what the subject's own grant and those of all of its ancestors want attested. */
  readonly attestedBy: ReadonlyMap<string, string>
}

/**
 * Step `chain`: every ancestor, and everyone who has delegated to the subject, must hold what is asked for, for the same object
 * and the same service. So what is delegated offline is never more than what the delegating party has.
 */
export async function checkAncestors(
  asked: Asked,
  granted: Granted,
  designations: ReadonlyMap<string, string>,
  { policy }: Parts,
): Promise<Bounds> {
  const anchor = anchorFor(asked, granted.grant)
  let { maxTtl } = granted.grant
  let { leftToHolder = [], attestedBy = new Map() } = granted.grant
  for await (const { name, grant } of everyoneAbove(asked, granted, policy)) {
    const details = { ...detailsOf(asked), ancestor: name }
    if (grant === undefined) throw new EngineError('chain', 'ancestor_lacks_grant', details)
    for (const [label, value] of grant.designations) {
      if (designations.get(label) === value) continue
      throw new EngineError('chain', 'ancestor_names_other_object', { ...details, label })
    }
    if (!isMet(grant, anchor, name, asked.subject)) {
      throw new EngineError('chain', 'ancestor_has_other_anchor', details)
    }
    maxTtl = least(maxTtl, grant.maxTtl)
    const { leftToHolder: left = [] } = grant
    leftToHolder = leftToHolder.filter((label) => left.includes(label))
    const united = uniteAttesters(attestedBy, grant.attestedBy)
    if (united.conflict !== undefined)
      throw new EngineError('chain', 'ancestor_has_other_attester', { ...details, label: united.conflict })
    attestedBy = united.attestedBy
  }
  return { anchor, maxTtl, leftToHolder, attestedBy }
}

/** Whoever has delegated is mostly an ancestor too, and then the policy is not asked about them again. */
async function* everyoneAbove(asked: Asked, { entry }: Granted, policy: Parts['policy']): AsyncGenerator<Ancestor> {
  const seen = new Set<string>()
  for (const first of [entry.parent, ...asked.delegatedBy]) {
    if (first !== undefined && seen.has(first)) continue
    for await (const ancestor of grantsAbove(first, asked, policy, detailsOf(asked))) {
      seen.add(ancestor.name)
      yield ancestor
    }
  }
}

/** The anchor of the subject's own grant, or else the one that was asked for. */
function anchorFor(asked: Asked, { anchor }: Grant): string | undefined {
  const own = typeof anchor === 'object' ? asked.subject : anchor
  const { anchor: wanted } = asked.request
  if (own !== undefined && wanted !== undefined && own !== wanted) {
    throw new EngineError('designations', 'conflicting_anchor', detailsOf(asked))
  }
  return own ?? wanted
}

/** "Anchored to the subject" is met by the ancestor and by the child itself. */
function isMet(grant: Grant, anchor: string | undefined, ancestor: string, subject: string): boolean {
  if (grant.anchor === undefined) return true
  return typeof grant.anchor === 'string' ? grant.anchor === anchor : anchor === ancestor || anchor === subject
}

/** The lesser of two limits, either of which may not be there. */
export function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other
  return other === undefined ? one : Math.min(one, other)
}

type Attesters = ReadonlyMap<string, string>

/** Who must attest which label, to a subject and its ancestor together; a label of which they name different keys, if any. */
export function uniteAttesters(
  own: Attesters = new Map(),
  above: Attesters = new Map(),
): { readonly attestedBy: Attesters; readonly conflict: string | undefined } {
  const conflict = [...above].find(([label, key]) => (own.get(label) ?? key) !== key)?.[0]
  return { attestedBy: new Map([...own, ...above]), conflict }
}
