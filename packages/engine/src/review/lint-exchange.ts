import { claimOf, segmentsOf } from '../policy/internal/exchange/subject-template.ts'
import type { Policy } from '../policy/policy.ts'

interface ExchangeFinding {
  readonly rule: 'unused_issuer' | 'unusable_rule' | 'any_repository'
  readonly message: string
  readonly object: string
}

/** Finds issuers without a rule, rules without a subject, and rules by which all that one owner has is the same subject. */
export function lintExchange({ issuers, exchangeRules, objects }: Policy): readonly ExchangeFinding[] {
  const findings: ExchangeFinding[] = []
  for (const { id } of issuers) {
    if (exchangeRules.some(({ issuer }) => issuer === id)) continue
    findings.push({ rule: 'unused_issuer', object: id, message: 'is an issuer, and no exchange rule names it' })
  }
  for (const { issuer, match, subject } of exchangeRules) {
    if (!objects.some(({ id, subordinates }) => canBecome(subject, id, subordinates))) {
      const message = 'can never be a subject: no object has such an id, nor lets it inherit'
      findings.push({ rule: 'unusable_rule', object: subject, message })
    }
    const owners = issuers.find(({ id }) => id === issuer)?.ownerClaims ?? []
    if (owners.length === 0 || match.size > 1) continue
    const message = `matches ${[...match.keys()].join()} alone: every job of that owner, on every branch, becomes this subject`
    findings.push({ rule: 'any_repository', object: subject, message })
  }
  return findings
}

/** Whether some claims make a subject the name of an object, or a name below one that lets it inherit. */
function canBecome(subject: string, id: string, subordinates: 'inherit' | 'declared'): boolean {
  const segments = segmentsOf(subject)
  const names = segmentsOf(id)
  const fits = names.every((name, index) => {
    const segment = segments[index]
    return segment !== undefined && (segment === name || claimOf(segment) !== undefined)
  })
  return fits && (segments.length === names.length || subordinates === 'inherit')
}
