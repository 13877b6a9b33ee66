import { checkBoolean, checkFunction, checkName, checkOptions } from '../../internal/base/options.ts'
import { readAnchor } from '../../internal/read/read-anchor.ts'
import { createReader, READER_OPTIONS } from '../../internal/read/reader.ts'
import type { Binding } from '../../internal/rules/bindings.ts'
import { parsePublicKey } from '../../keys/internal/keys.ts'
import type { VerifierOptions } from '../verifier.ts'
import { rightsReader, type Settings } from './prove-capability.ts'

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
 * Checks the options of a verifier and fills in the defaults.
 *
 * @throws `TypeError` naming the option that is missing, unknown or wrong.
 */
export function readVerifierOptions(options: VerifierOptions & { readonly sync?: boolean | undefined }): Settings {
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
