import { systemClock } from '../internal/base/clock.ts'
import { type Duration, expirationOf } from '../internal/base/duration.ts'
import { checkName, checkOptions } from '../internal/base/options.ts'
import type { Signer } from '../keys/key-types.ts'
import { openContext } from './internal/open-context.ts'
import { rewriteContext } from './internal/rewrite-context.ts'

/** The subject of a child's context, and how long it lives. */
export interface ForkContextOptions {
  /** The subject of the child's session. */
  readonly subject: string
  /** The lifetime: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. Default: as long as the parent. */
  readonly expiresIn?: Duration | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { subject: true, expiresIn: true, now: true } satisfies Record<keyof ForkContextOptions, true>
/** A source that is added to those of the parent, to record that the labels came from it. */
const INHERITED = 'inherited'

/**
 * Mints a context for a child session. It starts with every label and every other restriction of its parent. Later
 * exposures of the parent do not change it.
 *
 * Neither revocation nor the parent's checks are evaluated, so verify the parent first.
 *
 * @param token - The parent's context, URL-safe base64, with or without padding.
 * @param privateKey - The root private key that it was minted with, or a {@link Signer}.
 * @param options - See {@link ForkContextOptions}; `subject` is required.
 * @returns The child's context, with its own revocation ids.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`subject` if the
 *   result is too large for every verifier), or with `privateKey:`.
 * @throws `CapabilityError` with the codes of `compactContext`.
 *
 * @example
 * ```ts
 * import { forkContext, generateKeyPair, mintContext } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const parent = await mintContext({ subject: 'agent:alice', exposures: ['pii'], source: 'crm:contacts' }, privateKey)
 * const child = await forkContext(parent, privateKey, { subject: 'agent:alice:worker', expiresIn: '10m' })
 * ```
 */
export async function forkContext(
  token: string,
  privateKey: string | Signer,
  options: ForkContextOptions,
): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { subject, expiresIn, now = systemClock } = options
  checkName('subject', subject)
  const open = await openContext(token, privateKey, now)
  const sources = [...new Set([INHERITED, ...open.sources])]
  const expiration = expiresIn === undefined ? open.end : expirationOf('expiresIn', expiresIn, now)
  return rewriteContext(open, { subject, sources, expiration }, 'subject')
}
