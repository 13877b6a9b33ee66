import { checkBoolean, checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { doneNow, whenDone } from '../internal/base/steps.ts'
import { platform } from '../internal/crypto/platform.ts'
import { readAnchor } from '../internal/read/read-anchor.ts'
import { createReader, READER_OPTIONS } from '../internal/read/reader.ts'
import type { Binding } from '../internal/rules/bindings.ts'
import { parsePublicKey } from '../keys/internal/keys.ts'
import { type CapabilityProof, proveCapability, type Settings } from './internal/prove-capability.ts'
import type {
  CapabilityRequest,
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

function publicProof({ describe, decide, spend, authorize }: CapabilityProof): ProvenCapability {
  let capability: VerifiedCapability | undefined
  return Object.freeze({
    get capability() {
      capability ??= describe()
      return capability
    },
    decide: (request) => whenDone(decide(request)),
    spend: (run) => whenDone(spend(run)),
    authorize: (request) => whenDone(authorize(request)),
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
  const settings = {
    ...createReader(options),
    ...readAnchor(options),
    isAcceptedBinder: readDesignatedBy(options.designatedBy),
    singleUse,
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
