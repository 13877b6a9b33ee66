import { systemClock } from './internal/clock.ts'
import { rootKeys } from './internal/crypto/root-keys.ts'
import type { Binding } from './internal/decide/bindings.ts'
import { parsePublicKey } from './internal/keys.ts'
import { checkBoolean, checkFunction, checkName, checkOptions } from './internal/options.ts'
import { proveCapability, type Settings } from './internal/prove-capability.ts'
import { resolveLimits } from './limits.ts'
import type { Verifier, VerifierOptions } from './verifier.ts'

const MAX_CLOCK_TOLERANCE = 60

/** The names of all options of a verifier, for whoever takes them beside options of his own. */
export const VERIFIER_OPTIONS: readonly (keyof VerifierOptions)[] = Object.freeze([
  'keys',
  'anchor',
  'allowUnanchored',
  'boundBy',
  'revocation',
  'clockTolerance',
  'namespace',
  'limits',
  'now',
])

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
  checkOptions('options', options, VERIFIER_OPTIONS)
  if (options.keys === undefined) throw new TypeError('keys: is required')
  const { anchor, namespace, revocation, clockTolerance = 0, now = systemClock } = options
  if (anchor !== undefined) checkName('anchor', anchor)
  if (namespace !== undefined) checkName('namespace', namespace)
  checkBoolean('allowUnanchored', options.allowUnanchored)
  if (revocation !== undefined) checkFunction('revocation.isRevoked', revocation?.isRevoked)
  if (!Number.isInteger(clockTolerance) || clockTolerance < 0 || clockTolerance > MAX_CLOCK_TOLERANCE) {
    throw new TypeError(`clockTolerance: must be a whole number of seconds from 0 to ${MAX_CLOCK_TOLERANCE}`)
  }
  checkFunction('now', now)
  return {
    roots: rootKeys(options.keys),
    anchor,
    anchored: anchor !== undefined && options.allowUnanchored !== true,
    counts: bindingCounts(options.boundBy),
    revocation,
    clockTolerance,
    namespace,
    limits: resolveLimits(options.limits),
    now,
  }
}

function bindingCounts(boundBy: VerifierOptions['boundBy'] = 'anyone'): Settings['counts'] {
  if (boundBy === 'anyone') return () => true
  if (boundBy === 'authority') return (_token, { block }) => block === 0
  if (typeof boundBy !== 'object' || boundBy === null) {
    throw new TypeError("boundBy: must be 'anyone', 'authority' or { publicKey }")
  }
  checkOptions('boundBy', boundBy, ['publicKey'])
  const { text } = parsePublicKey(boundBy.publicKey, 'boundBy.publicKey')
  return (token, { block }: Binding) => token.blocks[block]?.external?.publicKey.text === text
}
