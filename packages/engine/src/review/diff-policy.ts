import type { ExchangeRule, Policy } from '../policy/policy.ts'
import { effectiveRights, type Right } from './effective-rights.ts'

/** What changes for one subject. */
export interface SubjectDiff {
  readonly subject: string
  /** Rights that it has now and had not, or only for fewer objects, fewer services or a shorter time. */
  readonly gains: readonly Right[]
  /** Rights that it had and has not, or has only for fewer objects, fewer services or a shorter time. */
  readonly loses: readonly Right[]
}

/** What changes from one policy to the next. */
export interface PolicyDiff {
  readonly subjects: readonly SubjectDiff[]
  /** Targets whose classification differs. */
  readonly classifications: readonly string[]
  /** Whether exposure rules differ. */
  readonly exposureRules: boolean
  /** The ids of issuers that differ. */
  readonly issuers: readonly string[]
  /** Exchange rules that are new, and that are gone, one line each. One that was moved among those that stay is both. */
  readonly exchangeRules: { readonly gains: readonly string[]; readonly loses: readonly string[] }
}

/**
 * Compares two policies by what each subject can have minted, so that a moved line is no difference and a changed parent is.
 *
 * @returns Only subjects for which something changes, in the order of their names.
 *
 * @example
 * ```ts
 * import { diffPolicy, parsePolicy } from '@writ/engine'
 *
 * const grants = (operations: string[]) => ({ objects: [{ id: 'a:b', capabilities: [{ target: 'crm', operations }] }] })
 * const { subjects } = await diffPolicy(parsePolicy(grants(['read'])), parsePolicy(grants(['read', 'write'])))
 * console.log(subjects[0]?.gains[0]?.operation) // write
 * ```
 */
export async function diffPolicy(before: Policy, after: Policy): Promise<PolicyDiff> {
  const names = [...new Set([...before.subjects(), ...after.subjects()])].sort()
  const subjects: SubjectDiff[] = []
  for (const subject of names) {
    const [had, has] = await Promise.all(
      [before, after].map(async (one) => (await effectiveRights(subject, one)).rights),
    )
    const gains = uncovered(has as readonly Right[], had as readonly Right[])
    const loses = uncovered(had as readonly Right[], has as readonly Right[])
    if (gains.length > 0 || loses.length > 0) subjects.push({ subject, gains, loses })
  }
  const targets = [...new Set([...before.classifications.keys(), ...after.classifications.keys()])].sort()
  const labels = (policy: Policy, target: string) => JSON.stringify([...policy.classification(target)].sort())
  return {
    subjects,
    classifications: targets.filter((target) => labels(before, target) !== labels(after, target)),
    exposureRules: JSON.stringify(before.exposureRules) !== JSON.stringify(after.exposureRules),
    issuers: differingIssuers(before, after),
    exchangeRules: { gains: differingRules(after, before), loses: differingRules(before, after) },
  }
}

function differingIssuers(before: Policy, after: Policy): readonly string[] {
  const describe = ({ issuers }: Policy) => new Map(issuers.map((issuer) => [issuer.id, JSON.stringify(issuer)]))
  const [had, has] = [describe(before), describe(after)]
  return [...new Set([...had.keys(), ...has.keys()])].sort().filter((id) => had.get(id) !== has.get(id))
}

/** Rules of `one` that `other` does not have. The first that is met decides, so the order of those that both have counts. */
function differingRules(one: Policy, other: Policy): readonly string[] {
  const own = one.exchangeRules.map(describeRule)
  const others = other.exchangeRules.map(describeRule)
  const [known, kept] = [new Set(own), new Set(others)]
  const shared = others.filter((rule) => known.has(rule))
  let place = 0
  return own.filter((rule) => !kept.has(rule) || shared[place++] !== rule)
}

/** `github, "ref" "refs/heads/main", "repository_owner_id" "1234" -> "ci:acme:deploy"` */
function describeRule({ issuer, match, claims, subject }: ExchangeRule): string {
  const quote = (text: string) => JSON.stringify(text)
  const matched = [...match].map(([claim, values]) => `${quote(claim)} ${values.map(quote).sort().join(' or ')}`)
  return [issuer, ...matched.sort(), ...claims.map(quote).sort()].join(', ').concat(` -> ${quote(subject)}`)
}

/** Those of `rights` that no right of `others` contains. */
function uncovered(rights: readonly Right[], others: readonly Right[]): readonly Right[] {
  return rights.filter((right) => !others.some((other) => covers(other, right)))
}

/** Whether everything that `narrow` permits, `wide` permits as well. */
function covers(wide: Right, narrow: Right): boolean {
  return (
    wide.target === narrow.target &&
    wide.operation === narrow.operation &&
    (wide.anchor === undefined || wide.anchor === narrow.anchor) &&
    (wide.maxTtl ?? Number.POSITIVE_INFINITY) >= (narrow.maxTtl ?? Number.POSITIVE_INFINITY) &&
    narrow.leftToHolder.every((label) => wide.leftToHolder.includes(label)) &&
    containsAll(narrow.attestedBy, wide.attestedBy) &&
    containsAll(narrow.designations, wide.designations)
  )
}

function containsAll(record: Readonly<Record<string, string>>, pairs: Readonly<Record<string, string>>): boolean {
  return Object.entries(pairs).every(([label, value]) => Object.hasOwn(record, label) && record[label] === value)
}
