import { doneNow, whenDone } from '../internal/base/steps.ts'
import { platform } from '../internal/crypto/platform.ts'
import { type CapabilityProof, proveCapability } from './internal/prove-capability.ts'
import { readVerifierOptions } from './internal/verifier-options.ts'
import type {
  CapabilityRequest,
  ProvenCapability,
  SyncVerifier,
  SyncVerifierOptions,
  VerifiedCapability,
  Verifier,
  VerifierOptions,
} from './verifier.ts'

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
  const settings = readVerifierOptions(options)
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
