import type { VerifiedIdentity } from '../verify-identity.ts'
import { assertChecks } from './decide/assert-checks.ts'
import { bindingsOf } from './decide/bindings.ts'
import { assertAnchored } from './decide/demands.ts'
import { ANCHOR } from './decide/designation.ts'
import { designationFacts, integerFact, textFact, timeFact } from './decide/facts.ts'
import { subjectOf } from './decide/kind.ts'
import { assertWithin, type NameBounds, nameBoundsOf } from './decide/name-bounds.ts'
import { describeToken } from './describe-token.ts'
import { segmentsOf } from './identity-name.ts'
import { proveToken, timeWithin } from './prove-token.ts'
import type { Reader } from './reader.ts'

/** The options of a verifier of identities, checked and resolved. */
export interface IdentitySettings extends Reader {
  readonly anchor: string | undefined
  readonly anchored: boolean
  readonly namespace: string | undefined
}

export interface ProvenIdentity {
  readonly identity: VerifiedIdentity
  readonly bounds: NameBounds
}

/**
 * Proves that the bearer of a token may speak as `asked`, or as the one whom the token names. That name is a candidate, no more, until
 * every check has been evaluated with it.
 *
 * Errors: those of `verifyIdentity`.
 */
export async function proveIdentity(text: string, settings: IdentitySettings, asked?: string): Promise<ProvenIdentity> {
  const proven = await proveToken(text, settings, (authority) => subjectOf(authority, 'identity'))
  const { blocks } = proven.token
  const bounds = nameBoundsOf(blocks, proven.stated)
  const name = asked ?? bounds.candidate
  assertWithin(name, bounds)
  const { anchor, anchored, namespace, limits } = settings
  const known = [
    timeFact(timeWithin(proven.end, settings)),
    ...(anchor === undefined ? [] : designationFacts([[ANCHOR, anchor]])),
  ]
  const offered = [
    textFact('actor', name),
    integerFact('actor_depth', segmentsOf(name)),
    ...(namespace === undefined ? [] : [textFact('namespace', namespace)]),
  ]
  assertChecks(blocks, { known, offered }, limits)
  if (anchored) assertAnchored(bindingsOf(blocks, proven.world), anchor)
  const identity = describeToken(proven, {
    kind: 'identity' as const,
    identity: name,
    subject: proven.stated,
    assertedBy: name === proven.stated ? ('authority' as const) : ('holder' as const),
    depth: bounds.names.length - 1,
  })
  return { identity, bounds }
}
