import { CapabilityError } from '../../internal/base/capability-error.ts'
import { isPromise, type Steps } from '../../internal/base/steps.ts'
import { type AdmittedToken, admitToken, type ReadDeclared } from '../../internal/read/admit-token.ts'
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
import { readDesignations, readRequest } from './read-request.ts'

/** The options of a verifier, checked, with defaults filled in. */
export interface Settings extends Reader {
  readonly anchor: Anchor | undefined
  /** Whether a binding counts by `designatedBy`: it depends on the block that binds. */
  readonly isAcceptedBinder: (token: Token, binding: Binding) => boolean
  readonly singleUse: UseLedger | undefined
  readonly namespace: string | undefined
  /** One function for all tokens of the verifier. */
  readonly readRights: ReadDeclared<DeclaredRights>
}

/** What a capability declares, for one verifier. */
interface DeclaredRights {
  readonly rights: readonly [Right, ...Right[]]
  /** The bindings that count by `designatedBy`. */
  readonly accepted: readonly Binding[]
  /** The pin of a single-use capability, if the verifier has a ledger. */
  readonly facet: Binding | undefined
  /** The designations that were bound last, where each had to be. They are frozen, and depend on nothing else. */
  last: { readonly requested: ReadonlyMap<string, string>; readonly bound: Designations } | undefined
}

type ProvenRights = AdmittedToken<DeclaredRights>

/** Proves a token, as `Verifier.prove`. */
export function* proveCapability(text: string, settings: Settings): Steps<CapabilityProof> {
  return new CapabilityProof(yield* admitToken(text, settings, settings.readRights), settings)
}

/** Returns what reads the rights of a token for a verifier with these settings. */
export function rightsReader({
  isAcceptedBinder,
  singleUse,
}: Pick<Settings, 'isAcceptedBinder' | 'singleUse'>): Settings['readRights'] {
  return (token, { bindings }) => ({
    rights: rightsOf(token.blocks[0] as SignedBlock),
    accepted: bindings.filter((binding) => isAcceptedBinder(token, binding)),
    facet: singleUse && facetOf(bindings),
    last: undefined,
  })
}

/** A proven capability, as `ProvenCapability` but in steps. A class, because one is made for every request. */
export class CapabilityProof {
  readonly #proven: ProvenRights
  readonly #settings: Settings
  #spendings: Spendings | undefined
  /** All calls of `authorize` are one use: asking again about the request at hand must not spend another one. */
  readonly #authorizeRun = {}

  constructor(proven: ProvenRights, settings: Settings) {
    this.#proven = proven
    this.#settings = settings
  }

  describe(): VerifiedCapability {
    return describe(this.#proven, this.#proven.declared.rights[0], noDesignations())
  }

  *decide(given: CapabilityRequest): Steps<VerifiedCapability> {
    const request = readRequest(given)
    const right = selectRight(this.#proven.declared.rights, request)
    const designations = yield* resolveDesignations(request.designations)
    return describe(this.#proven, right, authorize(this.#proven, request, designations, this.#settings))
  }

  *spend(run: object): Steps<void> {
    const { facet } = this.#proven.declared
    if (facet === undefined) return
    this.#spendings ??= new Spendings(this.#settings.singleUse as UseLedger, this.#proven, facet)
    yield* this.#spendings.spend(run)
  }

  *authorize(request: CapabilityRequest): Steps<VerifiedCapability> {
    const capability = yield* this.decide(request)
    // Last, so that a refused request spends nothing.
    yield* this.spend(this.#authorizeRun)
    return capability
  }
}

function authorize(
  proven: ProvenRights,
  { resource, operation, subject, allowUndesignated = false }: CapabilityRequest,
  designations: ReadonlyMap<string, string>,
  settings: Settings,
): Designations {
  const { anchor, namespace } = settings
  const { facet } = proven.declared
  judgeToken(proven, settings, { resource, operation, facet: facet?.value, designations, subject, namespace })
  const bound = boundBy(proven.declared, designations, allowUndesignated)
  assertAnchored(proven.demands.bindings, anchor)
  return bound
}

/** A token mostly names one object, so the result for a token that is kept is mostly the one that it had before. */
function boundBy(
  declared: DeclaredRights,
  requested: ReadonlyMap<string, string>,
  allowUndesignated: boolean | readonly string[],
): Designations {
  const { accepted, last } = declared
  if (allowUndesignated === false && last !== undefined && isSame(requested, last.requested)) return last.bound
  const bound = boundDesignations(accepted, requested, allowUndesignated)
  if (allowUndesignated === false) declared.last = { requested, bound }
  return bound
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false
  for (const [label, value] of one) if (other.get(label) !== value) return false
  return true
}

function* resolveDesignations(given: CapabilityRequest['designations']): Steps<ReadonlyMap<string, string>> {
  if (given === undefined) return NONE
  if (typeof given !== 'function') return readDesignations(given)
  try {
    const found = given()
    return readDesignations(isPromise(found) ? yield found : found)
  } catch (cause) {
    throw cause instanceof CapabilityError ? cause : new CapabilityError('unavailable', { cause })
  }
}

function describe(proven: ProvenRights, { subject, resource, operation }: Right, designations: Designations) {
  return describeToken(proven, { kind: 'capability' as const, subject, resource, operation, designations })
}

const NONE: ReadonlyMap<string, string> = new Map()

function noDesignations(): Designations {
  return Object.freeze(Object.create(null))
}
