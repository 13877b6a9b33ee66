import {
  CapabilityError,
  createIdentityVerifier,
  inspect,
  type VerifiedCapability,
  type Verifier,
  type VerifierOptions,
} from '@writ/core/verify'

/** Who a connection or a question is from: the bearer of a capability for some right, or of an identity. */
export type Caller =
  | { readonly kind: 'capability'; readonly subject: string; readonly resource: string; readonly operation: string }
  | { readonly kind: 'identity'; readonly identity: string }

/** Tells who presents a token. */
export interface Callers {
  /** @throws `CapabilityError` for a token that is not proven, or for another service. */
  identify(token: string | undefined): Promise<Caller>
}

export function createCallers(options: VerifierOptions, verifier: Verifier): Callers {
  const { anchor, allowUnanchored = false, designatedBy: _who, singleUse: _uses, ...reading } = options
  const identities = createIdentityVerifier({ ...reading, allowUnanchored, anchor: anchor ?? undefined })

  return {
    async identify(token) {
      if (token === undefined || token === '') throw new CapabilityError('missing_token')
      try {
        const { capability } = await verifier.prove(token)
        await assertAnchor(capability, anchor, allowUnanchored)
        const { subject, resource, operation } = capability
        return { kind: 'capability', subject, resource, operation }
      } catch (error) {
        if (!(error instanceof CapabilityError && error.code === 'wrong_kind')) throw error
      }
      const { identity } = await identities.verify(token)
      return { kind: 'identity', identity }
    },
  }
}

/** Without a request there is no decision that would look at the anchor. */
async function assertAnchor(
  { token }: VerifiedCapability,
  expected: string | null,
  allowUnanchored: boolean,
): Promise<void> {
  const anchors = (await inspect(token)).designations.filter(({ label }) => label === 'anchor')
  const isMet =
    anchors.length === 0 ? expected === null || allowUnanchored : anchors.every(({ value }) => value === expected)
  if (!isMet) throw new CapabilityError('wrong_anchor', { label: 'anchor' })
}
