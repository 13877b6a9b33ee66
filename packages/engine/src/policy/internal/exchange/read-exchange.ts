import type { ExchangeRule, Issuer } from '../../policy.ts'
import { type Faults, type Place, within } from '../faults.ts'
import { nameFault } from '../names.ts'
import { type Table, TableReader } from '../read-values.ts'
import { isSecureUrl } from '../secure-url.ts'
import { ownerClaimsOf } from './shared-issuers.ts'
import { claimOf, segmentsOf } from './subject-template.ts'

/** An issuer with the place where it is declared. */
export interface PlacedIssuer {
  readonly issuer: Issuer
  readonly place: Place
}

/** A rule with the place where it is declared. */
export interface PlacedRule {
  readonly rule: ExchangeRule
  readonly place: Place
}

/** Every exchange demands something of these itself. */
const CHECKED_ALWAYS = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti']

/** Reads one entry of `issuers`; nothing if a key that it needs is missing. */
export function readIssuer(table: Table, at: Place, faults: Faults): readonly PlacedIssuer[] {
  const place = ownPlace(table, 'id', at)
  const reader = new TableReader(table, place, faults)
  reader.only('id', 'issuer', 'audience', 'jwks_uri', 'owner_claims', 'private')
  const id = reader.requiredText('id')
  const issuer = reader.requiredText('issuer')
  const audience = reader.requiredText('audience')
  const jwksUri = reader.text('jwks_uri')
  const ownerClaims = reader.texts('owner_claims')
  const isPrivate = reader.boolean('private') ?? false
  if (issuer !== undefined && !isSecureUrl(issuer, 'issuer')) {
    faults.add('wrong_value', within(place, 'issuer'), 'must be an https URL without a query')
  }
  if (jwksUri !== undefined && !isSecureUrl(jwksUri, 'document')) {
    faults.add('wrong_value', within(place, 'jwks_uri'), 'must be an https URL')
  }
  if (id === undefined || issuer === undefined || audience === undefined) return []
  const owners = ownerClaims.length === 0 && !isPrivate ? (ownerClaimsOf(issuer) ?? []) : ownerClaims
  const read = { id, issuer, audience, jwksUri, ownerClaims: Object.freeze(owners), private: isPrivate }
  return [{ issuer: Object.freeze(read), place }]
}

/** Reads one entry of `exchange_rules`; nothing if a key that it needs is missing. */
export function readExchangeRule(table: Table, at: Place, faults: Faults): readonly PlacedRule[] {
  const place = ownPlace(table, 'subject', at)
  const reader = new TableReader(table, place, faults)
  reader.only('issuer', 'match', 'claims', 'subject')
  const issuer = reader.requiredText('issuer')
  const match = readMatch(reader.table('match') ?? {}, within(place, 'match'), faults)
  const claims = reader.texts('claims')
  const subject = reader.requiredText('subject')
  if (subject !== undefined) reportSubject(subject, match, claims, place, faults)
  if (issuer === undefined || subject === undefined) return []
  return [{ rule: Object.freeze({ issuer, match, claims: Object.freeze(claims), subject }), place }]
}

function readMatch(table: Table, place: Place, faults: Faults): ReadonlyMap<string, readonly string[]> {
  const match = new Map<string, readonly string[]>()
  const reader = new TableReader(table, place, faults)
  for (const claim of Object.keys(table)) {
    const values = Array.isArray(table[claim]) ? reader.requiredTexts(claim) : [reader.text(claim)]
    const known = values.filter((value) => value !== undefined)
    if (CHECKED_ALWAYS.includes(claim)) {
      faults.add('wrong_value', within(place, claim), 'must not be matched: every exchange checks it')
    }
    match.set(claim, Object.freeze(known))
  }
  return match
}

/** A placeholder is a whole segment, so that no two sets of claims make one subject. */
function reportSubject(
  subject: string,
  match: ReadonlyMap<string, unknown>,
  claims: readonly string[],
  place: Place,
  faults: Faults,
): void {
  const at = within(place, 'subject')
  const used = new Set<string>()
  for (const segment of segmentsOf(subject)) {
    const claim = claimOf(segment)
    if (claim !== undefined) {
      used.add(claim)
      if (!match.has(claim) && !claims.includes(claim)) {
        faults.add('wrong_value', at, `the claim ${JSON.stringify(claim)} must be in match or in claims`)
      }
    } else if (/[{}]/.test(segment)) {
      faults.add('wrong_value', at, 'braces must be around a whole segment between colons, as in "ci:{environment}"')
    }
  }
  const fault = nameFault(subject, false)
  if (fault !== undefined) faults.add('wrong_name', at, fault)
  for (const [index, claim] of claims.entries()) {
    const where = within(place, 'claims', index)
    if (match.has(claim)) faults.add('wrong_value', where, `${JSON.stringify(claim)} is in match`)
    else if (!used.has(claim)) faults.add('wrong_value', where, `${JSON.stringify(claim)} is not in the subject`)
  }
}

function ownPlace(table: Table, key: string, place: Place): Place {
  const name = Object.hasOwn(table, key) ? table[key] : undefined
  return { ...place, object: typeof name === 'string' ? name : undefined, unknownToHessra: true }
}
