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
  boundBy: true,
  namespace: true,
  facets: true,
} satisfies Record<keyof VerifierOptions, true>

/** The names of all verifier options, for adapters that accept them beside their own. */
export const VERIFIER_OPTIONS: readonly (keyof VerifierOptions)[] = Object.freeze(
  Object.keys(OPTIONS) as (keyof VerifierOptions)[],
)

/**
 * Creates a verifier of capability tokens. It holds no state of the tokens that it reads, does no I/O of its own, and refuses whatever
 * it cannot prove.
 *
 * @param options - See {@link VerifierOptions}; `keys` is required.
 * @throws `TypeError` naming the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { attenuate, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const broad = await mintCapability({ subject: 'service:webapp', resource: 'invoices', operation: 'read' }, privateKey)
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
  const { facets, namespace } = options
  if (namespace !== undefined) checkName('namespace', namespace)
  if (facets !== undefined) checkFunction('facets.consume', facets?.consume)
  return {
    ...createReader(options),
    ...readAnchor(options),
    counts: bindingCounts(options.boundBy),
    facets,
    namespace,
  }
}

function bindingCounts(boundBy: VerifierOptions['boundBy'] = 'anyone'): Settings['counts'] {
  if (boundBy === 'anyone') return () => true
  if (boundBy === 'authority') return (_token, { block }) => block === 0
  if (typeof boundBy !== 'object' || boundBy === null) {
    throw new TypeError("boundBy: must be 'anyone', 'authority' or { publicKey }")
  }
  checkOptions('boundBy', boundBy, { publicKey: true })
  const { text } = parsePublicKey(boundBy.publicKey, 'boundBy.publicKey')
  return (token, { block }: Binding) => token.blocks[block]?.external?.publicKey.text === text
}
