import { signsOfPullRequest } from './internal/exchange/pull-request.ts'
import { fillSubject } from './internal/exchange/subject-template.ts'
import type { ExchangeRule, Policy } from './policy.ts'

/** The subject that an assertion is good for, and the rule that says so. */
export interface MatchedClaims {
  readonly subject: string
  readonly rule: ExchangeRule
}

/**
 * Says which subject the policy gives to the claims of an assertion. The first rule that is met decides; values are compared
 * as whole strings. It proves nothing: signature, audience and times are checked before.
 *
 * A rule that does not name pull requests is not met by the assertion of one, for strangers propose those.
 *
 * @param issuer - The id of the issuer in the policy.
 * @param claims - What the assertion says: a map, because the names are a stranger's.
 * @returns `undefined` if no rule is met, if a claim cannot be a segment of a name, or if the policy does not know the subject.
 *
 * @example
 * ```ts
 * import { matchClaims, parsePolicy } from '@writ/engine'
 *
 * const policy = parsePolicy(`
 * [[objects]]
 * id = "ci:acme:deploy"
 *
 * [[issuers]]
 * id = "github"
 * issuer = "https://token.actions.githubusercontent.com"
 * audience = "https://authority.example"
 *
 * [[exchange_rules]]
 * issuer = "github"
 * match = { repository_owner_id = "1234", repository_id = "5678", ref = "refs/heads/main" }
 * subject = "ci:acme:deploy"
 * `)
 * const claims = { repository_owner_id: '1234', repository_id: '5678', ref: 'refs/heads/main' }
 * console.log(matchClaims(policy, 'github', new Map(Object.entries(claims)))?.subject) // ci:acme:deploy
 * ```
 */
export function matchClaims(
  policy: Policy,
  issuer: string,
  claims: ReadonlyMap<string, unknown>,
): MatchedClaims | undefined {
  const signs = signsOfPullRequest(claims)
  if (signs === undefined) return undefined
  const rule = policy.exchangeRules.find((candidate) => candidate.issuer === issuer && isMet(candidate, claims, signs))
  const subject = rule && fillSubject(rule.subject, claims)
  if (rule === undefined || subject === undefined || policy.find(subject) === undefined) return undefined
  return Object.freeze({ subject, rule })
}

function isMet({ match }: ExchangeRule, claims: ReadonlyMap<string, unknown>, signs: readonly string[]): boolean {
  for (const [name, values] of match) {
    const value = claims.get(name)
    if (typeof value !== 'string' || !values.includes(value)) return false
  }
  return signs.length === 0 || signs.some((name) => match.has(name))
}
