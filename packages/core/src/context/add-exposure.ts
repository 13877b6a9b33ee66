import { systemClock } from '../internal/base/clock.ts'
import { checkName, checkOptions } from '../internal/base/options.ts'
import { isReadable } from '../internal/write/check-written.ts'
import { writeBlock } from '../internal/write/write-token.ts'
import { checkNewExposures } from './internal/check-new-exposures.ts'
import { type OpenContext, openContext } from './internal/open-context.ts'
import type { Recorded } from './internal/read-context.ts'
import { rewriteContext } from './internal/rewrite-context.ts'
import { writeExposures } from './internal/write-context.ts'

/** What a session was exposed to. */
export interface AddExposureOptions {
  /** The labels; those that the context has already are dropped. */
  readonly exposures: readonly string[]
  /** What exposed it, for the record. */
  readonly source: string
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { exposures: true, source: true, now: true } satisfies Record<keyof AddExposureOptions, true>

/** Each block more is two signatures to check at every use. */
const MAX_BLOCKS = 8

/**
 * Records that a session was exposed to something: appends one block that the authority signs. Only the authority can, and nobody can
 * take the block away again.
 *
 * A context that is sealed, has 8 blocks, or would become too large for a verifier is *compacted* at once, see `compactContext`: the
 * result has other revocation ids. Neither revocation nor the context's checks are looked at: verify it first.
 *
 * Whoever kept an older copy can still present it; an authority that must not be fooled so remembers what it has recorded.
 *
 * @param token - The context, URL-safe base64, with padding or without.
 * @param privateKey - The root private key that the context was minted with.
 * @param options - See {@link AddExposureOptions}.
 * @returns The new context; the same text if it has every label already. The old one is still good.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`exposures[0]` for one label;
 *   `exposures` if no verifier would read the result), or with `privateKey:`.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `invalid_signature` (another root key, above all), `wrong_kind`,
 *   `expired`, `unavailable`; `unsupported_block`, also for a context that has to be compacted and cannot.
 *
 * @example
 * ```ts
 * import { addExposure, generateKeyPair, mintContext } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const clean = await mintContext({ subject: 'agent:alice' }, privateKey)
 * const exposed = await addExposure(clean, privateKey, { exposures: ['pii'], source: 'crm:contacts' })
 * ```
 */
export async function addExposure(token: string, privateKey: string, options: AddExposureOptions): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { source, now = systemClock } = options
  const labels = checkNewExposures(options.exposures)
  checkName('source', source)
  const open = await openContext(token, privateKey, now)
  const exposures = labels.filter((label) => !open.exposures.includes(label))
  if (exposures.length === 0) return token
  return append(open, { exposures, sources: [source] }) ?? compactWith(open, exposures, source)
}

/** `undefined` where there is no room for a block. */
function append({ token, signer, time }: OpenContext, recorded: Recorded): string | undefined {
  if (token.proof.type === 'finalSignature' || token.blocks.length >= MAX_BLOCKS) return undefined
  const longer = writeBlock(token.text, signer.publicKey, (block) => writeExposures(block, recorded, time), signer)
  return isReadable(longer, signer.publicKey) ? longer : undefined
}

function compactWith(open: OpenContext, exposures: readonly string[], source: string): string {
  const sources = [...new Set([...open.sources, source])]
  return rewriteContext(open, { exposures: [...open.exposures, ...exposures], sources }, 'exposures')
}
