import { segmentsOf } from '../../internal/base/identity-name.ts'
import { type AdmittedToken, admitProven, admitToken } from '../../internal/read/admit-token.ts'
import { describeToken } from '../../internal/read/describe-token.ts'
import { judgeToken } from '../../internal/read/judge-token.ts'
import type { Reader } from '../../internal/read/reader.ts'
import { type Anchor, assertAnchored } from '../../internal/rules/anchor.ts'
import { bindingsOf } from '../../internal/rules/bindings.ts'
import { integerFact, textFact } from '../../internal/rules/facts.ts'
import { subjectOf } from '../../internal/rules/kind.ts'
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
export async function proveIdentity(text: string, settings: IdentitySettings, asked?: string): Promise<ProvenIdentity> {
  return judgeIdentity(await admitToken(text, settings, subjectOfIdentity), settings, asked)
}

/** As `proveIdentity`, for a token that is authenticated already. Revocation is not looked up. */
export function judgeProven(token: Token, root: PublicKey, settings: IdentitySettings, asked?: string): ProvenIdentity {
  return judgeIdentity(admitProven(token, root, settings, subjectOfIdentity), settings, asked)
}

function subjectOfIdentity(authority: SignedBlock): string {
  return subjectOf(authority, 'identity')
}

function judgeIdentity(proven: AdmittedToken<string>, settings: IdentitySettings, asked?: string): ProvenIdentity {
  const { blocks } = proven.token
  const bounds = nameBoundsOf(blocks, proven.declared)
  const name = asked ?? bounds.candidate
  assertWithin(name, bounds)
  const { anchor, namespace } = settings
  const relayed = [
    textFact('actor', name),
    integerFact('actor_depth', segmentsOf(name)),
    ...(namespace === undefined ? [] : [textFact('namespace', namespace)]),
  ]
  judgeToken(proven, settings, { own: [], relayed })
  assertAnchored(bindingsOf(blocks, proven.world), anchor)
  const identity = describeToken(proven, {
    kind: 'identity' as const,
    identity: name,
    subject: proven.declared,
    assertedBy: name === proven.declared ? ('authority' as const) : ('holder' as const),
    depth: bounds.names.length - 1,
  })
  return { identity, bounds }
}
