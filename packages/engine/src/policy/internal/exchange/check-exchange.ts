import type { ExchangeRule, Policy } from '../../policy.ts'
import { type Faults, within } from '../faults.ts'
import { namesPullRequest } from './pull-request.ts'
import type { PlacedIssuer, PlacedRule } from './read-exchange.ts'
import { ownerClaimsOf } from './shared-issuers.ts'
import { claimOf, segmentsOf } from './subject-template.ts'

/** Each is compared with those before it, and each assertion with all of its issuer. */
const MAX_RULES = 1000

/** Reports issuers that strangers could use, rules of no issuer or without an owner, and rules that are never met. */
export function checkExchange(
  issuers: readonly PlacedIssuer[],
  rules: readonly PlacedRule[],
  policy: Policy,
  faults: Faults,
): void {
  const byId = new Map<string, PlacedIssuer>()
  const urls = new Set<string>()
  for (const one of issuers) {
    const { id, issuer } = one.issuer
    if (byId.has(id)) faults.add('duplicate_issuer', within(one.place, 'id'), 'an earlier issuer has the same id')
    if (urls.has(issuer)) faults.add('duplicate_issuer', within(one.place, 'issuer'), 'an earlier issuer is the same')
    byId.set(id, one)
    urls.add(issuer)
    reportOwnership(one, faults)
  }
  const [tooMany] = rules.slice(MAX_RULES)
  if (tooMany !== undefined) {
    faults.add('too_large', tooMany.place, `there are ${rules.length} rules, and at most ${MAX_RULES} are read`)
    return
  }
  for (const [index, { rule, place }] of rules.entries()) {
    const issuer = byId.get(rule.issuer)?.issuer
    if (issuer === undefined) {
      const message = `no issuer has the id ${JSON.stringify(rule.issuer)}`
      faults.add('unknown_issuer', within(place, 'issuer'), message)
    } else if (!issuer.private && !issuer.ownerClaims.some((claim) => rule.match.has(claim))) {
      const message = `must match one of ${issuer.ownerClaims.join(', ')}: strangers get assertions from this issuer too`
      faults.add('owner_required', within(place, 'match'), message)
    }
    const isFixed = segmentsOf(rule.subject).every((segment) => claimOf(segment) === undefined)
    if (isFixed && policy.find(rule.subject) === undefined) {
      faults.add('unknown_subject', within(place, 'subject'), 'no object has this id, nor lets it inherit')
    }
    if (rules.slice(0, index).some((earlier) => shadows(earlier.rule, rule))) {
      faults.add('shadowed_declaration', within(place, 'match'), 'an earlier rule is met by everything that meets this')
    }
  }
}

function reportOwnership({ issuer, place }: PlacedIssuer, faults: Faults): void {
  const { ownerClaims } = issuer
  const known = ownerClaimsOf(issuer.issuer)
  if (issuer.private && ownerClaims.length > 0) {
    faults.add('wrong_value', within(place, 'owner_claims'), 'must not be there beside private = true')
  } else if (issuer.private && known !== undefined) {
    faults.add('owner_required', within(place, 'private'), 'everybody gets assertions from this issuer')
  } else if (!issuer.private && ownerClaims.length === 0) {
    const message =
      'needs owner_claims, of which every rule must match one, or private = true if no stranger gets assertions'
    faults.add('owner_required', place, message)
  }
  for (const [index, claim] of ownerClaims.entries()) {
    if (known === undefined || known.includes(claim)) continue
    faults.add('owner_required', within(place, 'owner_claims', index), `must be one of ${known.join(', ')}`)
  }
}

/** Whether the later rule never decides. One that names pull requests decides about those that the earlier one passes over. */
function shadows(earlier: ExchangeRule, later: ExchangeRule): boolean {
  if (earlier.issuer !== later.issuer) return false
  if (namesPullRequest(later.match) && !namesPullRequest(earlier.match)) return false
  return [...earlier.match].every(([claim, values]) => later.match.get(claim)?.every((value) => values.includes(value)))
}
