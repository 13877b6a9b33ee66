import { segmentsOf } from '../../internal/base/identity-name.ts'
import { admitToken } from '../../internal/read/admit-token.ts'
import { describeToken } from '../../internal/read/describe-token.ts'
import { judgeToken } from '../../internal/read/judge-token.ts'
import type { Reader } from '../../internal/read/reader.ts'
import { type Anchor, assertAnchored } from '../../internal/rules/anchor.ts'
import { subjectOf } from '../../internal/rules/kind.ts'
import type { VerifiedIdentity } from '../verified-identity.ts'
import { assertWithin, type NameBounds, nameBoundsOf } from './name-bounds.ts'

/** The options of a verifier of identities, checked, with defaults filled in. */
export interface IdentitySettings extends Reader {
  readonly anchor: Anchor | undefined
  readonly namespace: string | undefined
}

export interface ProvenIdentity {
  readonly identity: VerifiedIdentity
  readonly bounds: NameBounds
}

/**
 * Proves that the bearer of a token may speak as `asked`, or else as the name in the token. Either name is accepted
 * only if every check holds for it.
 *
 * @throws `CapabilityError` with the codes of `IdentityVerifier.verify`.
 */
export async function proveIdentity(text: string, settings: IdentitySettings, asked?: string): Promise<ProvenIdentity> {
  const proven = await admitToken(text, settings, (authority) => subjectOf(authority, 'identity'))
  const { blocks } = proven.token
  const bounds = nameBoundsOf(blocks, proven.declared)
  const name = asked ?? bounds.candidate
  assertWithin(name, bounds)
  const { anchor, namespace } = settings
  judgeToken(proven, settings, { actor: name, actorDepth: segmentsOf(name), namespace })
  assertAnchored(proven.demands.bindings, anchor)
  const identity = describeToken(proven, {
    kind: 'identity' as const,
    identity: name,
    subject: proven.declared,
    assertedBy: name === proven.declared ? ('authority' as const) : ('holder' as const),
    depth: bounds.names.length - 1,
  })
  return { identity, bounds }
}
