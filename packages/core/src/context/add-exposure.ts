import { systemClock } from '../internal/base/clock.ts'
import { checkName, checkOptions } from '../internal/base/options.ts'
import { appendBlock } from '../internal/write/append-block.ts'
import { isReadable } from '../internal/write/check-written.ts'
import type { Signer } from '../keys/key-types.ts'
import { checkNewExposures } from './internal/check-new-exposures.ts'
import { writeExposures } from './internal/context-block.ts'
import { type OpenContext, openContext } from './internal/open-context.ts'
import type { Recorded } from './internal/read-context.ts'
import { rewriteContext } from './internal/rewrite-context.ts'

/** What a session was exposed to, and by what. */
export interface AddExposureOptions {
  /** The labels. Those that the context already has are ignored. */
  readonly exposures: readonly string[]
  /** What exposed the session, for the record. */
  readonly source: string
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { exposures: true, source: true, now: true } satisfies Record<keyof AddExposureOptions, true>

/** Every block adds two signatures that each verification must check. */
const MAX_BLOCKS = 8

/**
 * Records that a session was exposed to something: appends one block that the authority signs. Only the authority can
 * do this, and nobody can remove the block.
 *
 * A context that is sealed, has 8 blocks, or would become too large for a verifier is compacted instead, see
 * `compactContext`. The result then has other revocation ids. Neither revocation nor the context's checks are
 * evaluated, so verify the context first.
 *
 * Older copies stay valid. If that matters, store what you have recorded for the session.
 *
 * @param token - The context, URL-safe base64, with or without padding.
 * @param privateKey - The root private key that the context was minted with, or a {@link Signer}.
 * @param options - See {@link AddExposureOptions}.
 * @returns The new context, or the same text if it already has every label. The old one stays valid.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`exposures[0]` for one
 *   label; `exposures` if the result is too large for every verifier), or with `privateKey:`.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `invalid_signature` (mostly for another root key),
 *   `wrong_kind`, `expired`, `unavailable`; `unsupported_block`, also for a context that must be compacted and has
 *   content that would be lost.
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
export async function addExposure(
  token: string,
  privateKey: string | Signer,
  options: AddExposureOptions,
): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { source, now = systemClock } = options
  const labels = checkNewExposures(options.exposures)
  checkName('source', source)
  const open = await openContext(token, privateKey, now)
  const exposures = labels.filter((label) => !open.exposures.includes(label))
  if (exposures.length === 0) return token
  return (await append(open, { exposures, sources: [source] })) ?? compactWith(open, exposures, source)
}

/** Appends a block; `undefined` if there is no room for it. */
async function append({ token, signer, time }: OpenContext, recorded: Recorded): Promise<string | undefined> {
  if (token.proof.type === 'finalSignature' || token.blocks.length >= MAX_BLOCKS) return undefined
  const longer = await appendBlock(token, (block) => writeExposures(block, recorded, time), signer)
  return isReadable(longer, signer.publicKey) ? longer.text : undefined
}

function compactWith(open: OpenContext, exposures: readonly string[], source: string): Promise<string> {
  const sources = [...new Set([...open.sources, source])]
  return rewriteContext(open, { exposures: [...open.exposures, ...exposures], sources }, 'exposures')
}
