import { CapabilityError } from '../../internal/base/capability-error.ts'
import { checkDesignations, readString } from '../../internal/base/options.ts'
import { type AdmittedToken, admitToken } from '../../internal/read/admit-token.ts'
import { describeToken } from '../../internal/read/describe-token.ts'
import { judgeToken } from '../../internal/read/judge-token.ts'
import type { Reader } from '../../internal/read/reader.ts'
import { type Anchor, assertAnchored } from '../../internal/rules/anchor.ts'
import type { Binding } from '../../internal/rules/bindings.ts'
import { type Right, rightsOf, selectRight } from '../../internal/rules/kind.ts'
import type { Token } from '../../internal/token/decode-token.ts'
import type { UseLedger } from '../use-ledger.ts'
import type { CapabilityRequest, Designations, ProvenCapability, VerifiedCapability } from '../verifier.ts'
import { boundDesignations } from './bound-designations.ts'
import { facetOf, spendFacet } from './facet.ts'
import { readRequest } from './read-request.ts'

/** The options of a verifier, checked, with defaults filled in. */
export interface Settings extends Reader {
  readonly anchor: Anchor | undefined
  /** Whether a binding counts by `designatedBy`: it depends on the block that binds. */
  readonly isAcceptedBinder: (token: Token, binding: Binding) => boolean
  readonly singleUse: UseLedger | undefined
  readonly namespace: string | undefined
}

type ProvenRights = AdmittedToken<readonly [Right, ...Right[]]>

/** Proves a token, as `Verifier.prove`. */
export async function proveCapability(text: string, settings: Settings): Promise<ProvenCapability> {
  const proven = await admitToken(text, settings, rightsOf)
  const { bindings } = proven.demands
  const facet = settings.singleUse === undefined ? undefined : facetOf(bindings)
  const spendings = new WeakMap<object, Promise<void>>()
  /** All calls of `authorize` are one use: asking again about the request at hand must not spend another one. */
  const authorizeRun = {}
  const decide: ProvenCapability['decide'] = async (given) => {
    const request = readRequest(given)
    const right = selectRight(proven.declared, request)
    const designations = await resolveDesignations(request.designations)
    const bound = authorize(proven, bindings, facet, { ...request, designations }, settings)
    return describe(proven, right, bound)
  }
  const spend: ProvenCapability['spend'] = async (run) => {
    if (facet === undefined) return
    const spending = spendings.get(run) ?? spendFacet(settings.singleUse as UseLedger, proven, facet)
    spendings.set(run, spending)
    await spending
  }
  return Object.freeze({
    capability: describe(proven, proven.declared[0], noDesignations()),
    decide,
    spend,
    authorize: async (request: CapabilityRequest) => {
      const capability = await decide(request)
      // Last, so that a refused request spends nothing.
      await spend(authorizeRun)
      return capability
    },
  })
}

function authorize(
  proven: ProvenRights,
  bindings: readonly Binding[],
  facet: Binding | undefined,
  request: Omit<CapabilityRequest, 'designations'> & { readonly designations: ReadonlyMap<string, string> },
  settings: Settings,
): Designations {
  const { resource, operation, subject, designations, allowUndesignated = false } = request
  const { anchor, namespace } = settings
  judgeToken(proven, settings, { resource, operation, facet: facet?.value, designations, subject, namespace })
  const accepted = bindings.filter((binding) => settings.isAcceptedBinder(proven.token, binding))
  const bound = boundDesignations(accepted, designations, allowUndesignated)
  assertAnchored(bindings, anchor)
  return bound
}

async function resolveDesignations(given: CapabilityRequest['designations']): Promise<ReadonlyMap<string, string>> {
  if (given === undefined) return new Map()
  if (typeof given !== 'function') return checkDesignations('designations', given, readString)
  try {
    return checkDesignations('designations', await given(), readString)
  } catch (cause) {
    throw cause instanceof CapabilityError ? cause : new CapabilityError('unavailable', { cause })
  }
}

function describe(proven: ProvenRights, right: Right, designations: Designations): VerifiedCapability {
  return describeToken(proven, { kind: 'capability', ...right, designations })
}

function noDesignations(): Designations {
  return Object.freeze(Object.create(null))
}
