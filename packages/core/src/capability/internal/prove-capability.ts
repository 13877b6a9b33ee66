import { CapabilityError } from '../../internal/base/capability-error.ts'
import { checkDesignations, readString } from '../../internal/base/options.ts'
import { outcomeOf, type Steps } from '../../internal/base/steps.ts'
import { type AdmittedToken, admitToken } from '../../internal/read/admit-token.ts'
import { describeToken } from '../../internal/read/describe-token.ts'
import { judgeToken } from '../../internal/read/judge-token.ts'
import type { Reader } from '../../internal/read/reader.ts'
import { type Anchor, assertAnchored } from '../../internal/rules/anchor.ts'
import type { Binding } from '../../internal/rules/bindings.ts'
import { type Right, rightsOf, selectRight } from '../../internal/rules/kind.ts'
import type { SignedBlock, Token } from '../../internal/token/decode-token.ts'
import type { UseLedger } from '../use-ledger.ts'
import type { CapabilityRequest, Designations, VerifiedCapability } from '../verifier.ts'
import { boundDesignations } from './bound-designations.ts'
import { facetOf, Spendings } from './facet.ts'
import { readRequest } from './read-request.ts'

/** The options of a verifier, checked, with defaults filled in. */
export interface Settings extends Reader {
  readonly anchor: Anchor | undefined
  /** Whether a binding counts by `designatedBy`: it depends on the block that binds. */
  readonly isAcceptedBinder: (token: Token, binding: Binding) => boolean
  readonly singleUse: UseLedger | undefined
  readonly namespace: string | undefined
}

/** What a capability declares, for one verifier. */
interface DeclaredRights {
  readonly rights: readonly [Right, ...Right[]]
  /** The bindings that count by `designatedBy`. */
  readonly accepted: readonly Binding[]
  /** The pin of a single-use capability, if the verifier has a ledger. */
  readonly facet: Binding | undefined
}

type ProvenRights = AdmittedToken<DeclaredRights>

/** A proven capability, as `ProvenCapability` but in steps. */
export interface CapabilityProof {
  describe(): VerifiedCapability
  decide(request: CapabilityRequest): Steps<VerifiedCapability>
  spend(run: object): Steps<void>
  authorize(request: CapabilityRequest): Steps<VerifiedCapability>
}

/** Proves a token, as `Verifier.prove`. */
export function* proveCapability(text: string, settings: Settings): Steps<CapabilityProof> {
  const proven = yield* admitToken(text, settings, (token, { bindings }): DeclaredRights => {
    const rights = rightsOf(token.blocks[0] as SignedBlock)
    const accepted = bindings.filter((binding) => settings.isAcceptedBinder(token, binding))
    return { rights, accepted, facet: settings.singleUse && facetOf(bindings) }
  })
  const { rights, facet } = proven.declared
  const spendings = facet && new Spendings(settings.singleUse as UseLedger, proven, facet)
  function* decide(given: CapabilityRequest): Steps<VerifiedCapability> {
    const request = readRequest(given)
    const right = selectRight(rights, request)
    const designations = yield* resolveDesignations(request.designations)
    return describe(proven, right, authorize(proven, { ...request, designations }, settings))
  }
  function* spend(run: object): Steps<void> {
    if (spendings !== undefined) yield* spendings.spend(run)
  }
  /** All calls of `authorize` are one use: asking again about the request at hand must not spend another one. */
  const authorizeRun = {}
  return {
    describe: () => describe(proven, rights[0], noDesignations()),
    decide,
    spend,
    *authorize(request) {
      const capability = yield* decide(request)
      // Last, so that a refused request spends nothing.
      yield* spend(authorizeRun)
      return capability
    },
  }
}

function authorize(
  proven: ProvenRights,
  request: Omit<CapabilityRequest, 'designations'> & { readonly designations: ReadonlyMap<string, string> },
  settings: Settings,
): Designations {
  const { resource, operation, subject, designations, allowUndesignated = false } = request
  const { anchor, namespace } = settings
  const { accepted, facet } = proven.declared
  judgeToken(proven, settings, { resource, operation, facet: facet?.value, designations, subject, namespace })
  const bound = boundDesignations(accepted, designations, allowUndesignated)
  assertAnchored(proven.demands.bindings, anchor)
  return bound
}

function* resolveDesignations(given: CapabilityRequest['designations']): Steps<ReadonlyMap<string, string>> {
  if (given === undefined) return new Map()
  if (typeof given !== 'function') return checkDesignations('designations', given, readString)
  try {
    return checkDesignations('designations', yield* outcomeOf(given()), readString)
  } catch (cause) {
    throw cause instanceof CapabilityError ? cause : new CapabilityError('unavailable', { cause })
  }
}

function describe(proven: ProvenRights, { subject, resource, operation }: Right, designations: Designations) {
  return describeToken(proven, { kind: 'capability' as const, subject, resource, operation, designations })
}

function noDesignations(): Designations {
  return Object.freeze(Object.create(null))
}
