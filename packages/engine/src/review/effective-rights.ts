import { least, uniteAttesters } from '../mint/check-ancestors.ts'
import { grantsAbove } from '../mint/grants-above.ts'
import type { Grant, PolicyBackend, SubjectPolicy } from '../policy/policy.ts'

/** What a subject can have minted, once all of its ancestors agree. */
export interface Right {
  readonly target: string
  readonly operation: string
  /** The only service, or `undefined` for any. */
  readonly anchor: string | undefined
  readonly designations: Readonly<Record<string, string>>
  /** The longest lifetime in seconds, or `undefined`. */
  readonly maxTtl: number | undefined
  /** The labels that the holder may name itself, although a schema requires them. */
  readonly leftToHolder: readonly string[]
  /** From label to the key of whoever must attest it. */
  readonly attestedBy: Readonly<Record<string, string>>
}

/** Why a grant can never be used. */
export interface Unusable {
  readonly grant: number
  readonly operation: string
  readonly ancestor: string
  readonly why: 'lacks_grant' | 'names_other_object' | 'has_other_anchor' | 'has_other_attester'
}

/** The rights of a declared subject, and its grants that no mint can ever use. */
export async function effectiveRights(
  subject: string,
  policy: PolicyBackend,
): Promise<{ readonly rights: readonly Right[]; readonly unusable: readonly Unusable[] }> {
  const entry = await policy.find(subject)
  const rights: Right[] = []
  const unusable: Unusable[] = []
  for (const [index, grant] of ((await entry?.grants()) ?? []).entries()) {
    for (const operation of grant.operations) {
      if (entry === undefined || (await entry.grant(grant.target, operation)) !== grant) continue
      const right = await narrowedByAncestors(subject, entry, grant, operation, policy)
      if ('why' in right) unusable.push({ ...right, grant: index, operation })
      else rights.push(right)
    }
  }
  return { rights, unusable }
}

async function narrowedByAncestors(
  subject: string,
  { parent }: SubjectPolicy,
  grant: Grant,
  operation: string,
  policy: PolicyBackend,
): Promise<Right | Pick<Unusable, 'ancestor' | 'why'>> {
  const designations = new Map(grant.designations)
  let anchor = typeof grant.anchor === 'object' ? subject : grant.anchor
  let { maxTtl, leftToHolder = [], attestedBy = new Map() } = grant
  const right = { target: grant.target, operation }
  for await (const { name: ancestor, grant: held } of grantsAbove(parent, right, policy, { subject, ...right })) {
    if (held === undefined) return { ancestor, why: 'lacks_grant' }
    for (const [label, value] of held.designations) {
      const known = designations.get(label)
      if (known !== undefined && known !== value) return { ancestor, why: 'names_other_object' }
      designations.set(label, value)
    }
    const demanded =
      typeof held.anchor === 'object' ? [subject, ancestor] : held.anchor === undefined ? [] : [held.anchor]
    anchor ??= demanded[0]
    if (demanded.length > 0 && !demanded.includes(anchor as string)) return { ancestor, why: 'has_other_anchor' }
    maxTtl = least(maxTtl, held.maxTtl)
    const { leftToHolder: left = [] } = held
    leftToHolder = leftToHolder.filter((label) => left.includes(label))
    const united = uniteAttesters(attestedBy, held.attestedBy)
    if (united.conflict !== undefined) return { ancestor, why: 'has_other_attester' }
    attestedBy = united.attestedBy
  }
  return {
    ...right,
    anchor,
    designations: Object.freeze(Object.fromEntries(designations)),
    maxTtl,
    leftToHolder: Object.freeze([...leftToHolder]),
    attestedBy: Object.freeze(Object.fromEntries(attestedBy)),
  }
}
