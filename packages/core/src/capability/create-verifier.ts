import { checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { readAnchor } from '../internal/read/read-anchor.ts'
import { createReader, READER_OPTIONS } from '../internal/read/reader.ts'
import type { Binding } from '../internal/rules/bindings.ts'
import { parsePublicKey } from '../keys/internal/keys.ts'
import { proveCapability, type Settings } from './internal/prove-capability.ts'
import type { Verifier, VerifierOptions } from './verifier.ts'

const OPTIONS = {
  ...READER_OPTIONS,
  anchor: true,
  allowUnanchored: true,
  designatedBy: true,
  namespace: true,
  singleUse: true,
} satisfies Record<keyof VerifierOptions, true>

/** Names of all verifier options, for adapters that accept them beside their own. */
export const VERIFIER_OPTIONS: readonly (keyof VerifierOptions)[] = Object.freeze(
  Object.keys(OPTIONS) as (keyof VerifierOptions)[],
)

/**
 * Creates a verifier of capability tokens. It keeps no state about the tokens that it reads, does no I/O of its own,
 * and refuses everything that it cannot prove.
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
export function createVerifier(options: VerifierOptions): Verifier {
  const settings = resolveOptions(options)
  const prove: Verifier['prove'] = async (token) => proveCapability(token, settings)
  return Object.freeze({
    prove,
    verify: async (token, request) => (await prove(token)).authorize(request),
  } satisfies Verifier)
}

function resolveOptions(options: VerifierOptions): Settings {
  checkOptions('options', options, OPTIONS)
  const { anchor, singleUse, namespace } = options
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
