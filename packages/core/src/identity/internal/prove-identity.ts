import { segmentsOf } from '../../internal/base/identity-name.ts'
import { ANCHOR } from '../../internal/base/labels.ts'
import { describeToken } from '../../internal/read/describe-token.ts'
import { proveToken, timeWithin } from '../../internal/read/prove-token.ts'
import type { Reader } from '../../internal/read/reader.ts'
import type { VerifiedToken } from '../../internal/read/verified-token.ts'
import { assertAnchored } from '../../internal/rules/anchor.ts'
import { assertChecks } from '../../internal/rules/assert-checks.ts'
import { bindingsOf } from '../../internal/rules/bindings.ts'
import { designationFacts, integerFact, textFact, timeFact } from '../../internal/rules/facts.ts'
import { subjectOf } from '../../internal/rules/kind.ts'
import { assertWithin, type NameBounds, nameBoundsOf } from './name-bounds.ts'

/** Who the bearer of a token is proven to speak as. It permits nothing. */
export interface VerifiedIdentity extends VerifiedToken {
  readonly kind: 'identity'
  /** The proven name, such as `agent:alice:helper`. */
  readonly identity: string
  /** Whom the authority issued the token to, such as `agent:alice`: the name itself, or the start of it. */
  readonly subject: string
  /** Who says that it is that name: the authority, or whoever holds the subject's token or one between. He can speak as all below him. */
  readonly assertedBy: 'authority' | 'holder'
  /** How many times the token was delegated. */
  readonly depth: number
}

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
