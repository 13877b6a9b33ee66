import { segmentsOf } from '../../internal/base/identity-name.ts'
import { once } from '../../internal/base/once.ts'
import type { Steps } from '../../internal/base/steps.ts'
import { type AdmittedToken, admitProven, admitToken, timeWithin } from '../../internal/read/admit-token.ts'
import { describeToken } from '../../internal/read/describe-token.ts'
import { judgeToken } from '../../internal/read/judge-token.ts'
import type { Reader } from '../../internal/read/reader.ts'
import { type Anchor, assertAnchored } from '../../internal/rules/anchor.ts'
import { subjectOf } from '../../internal/rules/kind.ts'
import { assertActorNotRevoked } from '../../internal/rules/revocation.ts'
import type { RevocationCheck } from '../../internal/rules/revocation-check.ts'
import type { SignedBlock, Token } from '../../internal/token/decode-token.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'
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
export function* proveIdentity(text: string, settings: IdentitySettings, asked?: string): Steps<ProvenIdentity> {
  const admitted = yield* admitToken(text, settings, declaredOf)
  const proven = judgeIdentity(admitted, settings, asked)
  if (settings.revocation?.isActorRevoked !== undefined) {
    yield* assertActorNotRevoked(proven.identity.identity, settings.revocation as Required<RevocationCheck>)
    // The token may have expired while the list was asked.
    timeWithin(admitted.end, settings)
  }
  return proven
}

/** As `proveIdentity`, for a token that is authenticated already. Revocation is not looked up. */
export function judgeProven(token: Token, root: PublicKey, settings: IdentitySettings, asked?: string): ProvenIdentity {
  return judgeIdentity(admitProven(token, root, settings, declaredOf), settings, asked)
}

function declaredOf({ blocks }: Token) {
  const subject = subjectOf(blocks[0] as SignedBlock, 'identity')
  // Read after expiry and revocation, whose refusals come first.
  return { subject, bounds: once(() => nameBoundsOf(blocks, subject)) }
}

function judgeIdentity(
  proven: AdmittedToken<ReturnType<typeof declaredOf>>,
  settings: IdentitySettings,
  asked?: string,
): ProvenIdentity {
  const { subject } = proven.declared
  const bounds = proven.declared.bounds()
  const name = asked ?? bounds.candidate
  assertWithin(name, bounds)
  const { anchor, namespace } = settings
  judgeToken(proven, settings, { actor: name, actorDepth: segmentsOf(name), namespace })
  assertAnchored(proven.demands.bindings, anchor)
  const identity = describeToken(proven, {
    kind: 'identity' as const,
    identity: name,
    subject,
    assertedBy: name === subject ? ('authority' as const) : ('holder' as const),
    delegatedBy: Object.freeze([...new Set(bounds.names.map((bound) => bound.name))].filter((above) => above !== name)),
    depth: bounds.names.length - 1,
  })
  return { identity, bounds }
}
