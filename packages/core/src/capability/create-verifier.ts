import { checkBoolean, checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { doneNow, doneSoon, type Steps, whenDone } from '../internal/base/steps.ts'
import { platform } from '../internal/crypto/platform.ts'
import { readAnchor } from '../internal/read/read-anchor.ts'
import { createReader, READER_OPTIONS } from '../internal/read/reader.ts'
import type { Binding } from '../internal/rules/bindings.ts'
import { parsePublicKey } from '../keys/internal/keys.ts'
import { type CapabilityProof, proveCapability, rightsReader, type Settings } from './internal/prove-capability.ts'
import type {
  CapabilityRequest,
  DirectProof,
  DirectVerifier,
  ProvenCapability,
  SyncVerifier,
  SyncVerifierOptions,
  VerifiedCapability,
  Verifier,
  VerifierOptions,
} from './verifier.ts'

const OPTIONS = {
  ...READER_OPTIONS,
  anchor: true,
  allowUnanchored: true,
  designatedBy: true,
  namespace: true,
  singleUse: true,
} satisfies Record<keyof VerifierOptions, true>

/** Names of the options of every verifier, for adapters that accept them beside their own. */
export const VERIFIER_OPTIONS: readonly (keyof VerifierOptions)[] = Object.freeze(
  Object.keys(OPTIONS) as (keyof VerifierOptions)[],
)

/**
 * Creates a verifier of capability tokens. It does no I/O of its own and refuses everything that it cannot prove. It
 * remembers tokens that it has proven, see `cache`.
 *
 * @param options - See {@link VerifierOptions}; `keys` and `anchor` are required.
 * @throws `TypeError` naming the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { attenuate, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const right = { subject: 'service:webapp', resource: 'invoices', operation: 'read' }
 * const broad = await mintCapability(right, privateKey)
 * const narrow = await attenuate(broad, publicKey, { designations: { tenantId: 'acme' }, anchor: 'service:billing' })
 *
 * const verifier = createVerifier({ keys: publicKey, anchor: 'service:billing' })
 * const capability = await verifier.verify(narrow, {
 *   resource: 'invoices',
 *   operation: 'read',
 *   designations: { tenantId: 'acme' },
 * })
 * console.log(capability.subject) // service:webapp
 * ```
 */
export function createVerifier(options: SyncVerifierOptions): SyncVerifier
export function createVerifier(options: VerifierOptions): Verifier
export function createVerifier(options: VerifierOptions & { readonly sync?: boolean | undefined }): Verifier {
  const settings = resolveOptions(options)
  const prove: Verifier['prove'] = async (token) => publicProof(await whenDone(proveCapability(token, settings)))
  function* steps(token: string, request: CapabilityRequest) {
    return yield* (yield* proveCapability(token, settings)).authorize(request)
  }
  const verifier: Verifier = { prove, verify: (token, request) => whenDone(steps(token, request)) }
  if (options.sync !== true) return Object.freeze(verifier)
  checkSync(options)
  const verifySync: SyncVerifier['verifySync'] = (token, request) => doneNow(steps(token, request))
  return Object.freeze({ ...verifier, verifySync } satisfies SyncVerifier)
}

/**
 * Creates a verifier for adapters that handle many requests a second: each answer that needs no waiting is given at once
 * instead of in a promise. It decides exactly as the verifier of the same options.
 *
 * @param options - As for {@link createVerifier}.
 * @throws `TypeError` naming the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { createDirectVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const verifier = createDirectVerifier({ keys: publicKey, anchor: null })
 * const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
 * const proof = await verifier.prove(await mintCapability(right, privateKey))
 * const capability = await proof.decide({ resource: 'invoices', operation: 'read' })
 * console.log(capability.subject) // alice
 * ```
 */
export function createDirectVerifier(options: VerifierOptions): DirectVerifier {
  const settings = resolveOptions(options)
  function* steps(token: string): Steps<DirectProof> {
    return new Direct(yield* proveCapability(token, settings))
  }
  return Object.freeze({ prove: (token) => doneSoon(steps(token)) } satisfies DirectVerifier)
}

/** A class, because an object with functions of its own takes several times as long to make. */
class Direct implements DirectProof {
  readonly #proof: CapabilityProof
  #capability: VerifiedCapability | undefined

  constructor(proof: CapabilityProof) {
    this.#proof = proof
  }

  get capability(): VerifiedCapability {
    this.#capability ??= this.#proof.describe()
    return this.#capability
  }

  decide(request: CapabilityRequest): VerifiedCapability | Promise<VerifiedCapability> {
    return doneSoon(this.#proof.decide(request))
  }

  spend(run: object): void | Promise<void> {
    return doneSoon(this.#proof.spend(run))
  }
}

function publicProof(proof: CapabilityProof): ProvenCapability {
  let capability: VerifiedCapability | undefined
  return Object.freeze({
    get capability() {
      capability ??= proof.describe()
      return capability
    },
    decide: (request) => whenDone(proof.decide(request)),
    spend: (run) => whenDone(proof.spend(run)),
    authorize: (request) => whenDone(proof.authorize(request)),
  } satisfies ProvenCapability)
}

/**
 * Refuses what cannot answer at once. A function that turns out to return a promise makes the answer `unavailable`.
 *
 * @throws `TypeError` naming the option that is asynchronous, or `sync:` where the platform's crypto is.
 */
function checkSync({ keys, revocation, singleUse }: VerifierOptions): void {
  if (!platform().isSync) throw new TypeError('sync: the crypto of this platform is asynchronous, use verify')
  const parts = { keys, 'revocation.isRevoked': revocation?.isRevoked, 'singleUse.consume': singleUse?.consume }
  for (const [name, part] of Object.entries(parts)) {
    if (part instanceof AsyncFunction) throw new TypeError(`${name}: must not be asynchronous for a verifier with sync`)
  }
}

const AsyncFunction = (async () => {}).constructor as FunctionConstructor

function resolveOptions(options: VerifierOptions & { readonly sync?: boolean | undefined }): Settings {
  checkOptions('options', options, { ...OPTIONS, sync: true })
  const { anchor, singleUse, namespace, sync } = options
  checkBoolean('sync', sync)
  if (namespace !== undefined) checkName('namespace', namespace)
  if (singleUse !== undefined) checkFunction('singleUse.consume', singleUse?.consume)
  const rules = { isAcceptedBinder: readDesignatedBy(options.designatedBy), singleUse }
  const settings = {
    ...createReader(options),
    ...readAnchor(options),
    ...rules,
    readRights: rightsReader(rules),
    namespace,
  }
  if (anchor === undefined) throw new TypeError('anchor: is required: the name of this service, or null for none')
  return settings
}

/** The rule of `designatedBy`, as a function that says whether a binding counts. */
function readDesignatedBy(designatedBy: VerifierOptions['designatedBy'] = 'anyone'): Settings['isAcceptedBinder'] {
  if (designatedBy === 'anyone') return () => true
  if (designatedBy === 'authority') return (_token, { block }) => block === 0
  if (typeof designatedBy !== 'object' || designatedBy === null) {
    throw new TypeError("designatedBy: must be 'anyone', 'authority' or { publicKey }")
  }
  checkOptions('designatedBy', designatedBy, { publicKey: true })
  const { text } = parsePublicKey(designatedBy.publicKey, 'designatedBy.publicKey')
  return (token, { block }: Binding) => token.blocks[block]?.external?.publicKey.text === text
}
