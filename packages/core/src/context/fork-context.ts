import { systemClock } from '../internal/base/clock.ts'
import type { Duration } from '../internal/base/duration.ts'
import { expirationOf } from '../internal/base/duration.ts'
import { checkName, checkOptions } from '../internal/base/options.ts'
import { openContext } from './internal/open-context.ts'
import { rewriteContext } from './internal/rewrite-context.ts'

/** Whose context the new one is. */
export interface ForkContextOptions {
  /** Whose session the new context is of. */
  readonly subject: string
  /** How long it lives: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. Default: as long as the parent. */
  readonly expiresIn?: Duration | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { subject: true, expiresIn: true, now: true } satisfies Record<keyof ForkContextOptions, true>
/** Beside the sources of the parent: these labels came with it. */
const INHERITED = 'inherited'

/**
 * Mints a context for a child, which starts with every label and every other restriction of its parent. What the parent is exposed to
 * afterwards does not reach it.
 *
 * Neither revocation nor the parent's checks are looked at: verify it first.
 *
 * @param token - The parent's context, URL-safe base64, with padding or without.
 * @param privateKey - The root private key that it was minted with.
 * @param options - See {@link ForkContextOptions}; `subject` is required.
 * @returns The child's context, with revocation ids of its own.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`subject` if no verifier would read the
 *   result), or with `privateKey:`.
 * @throws `CapabilityError` as `compactContext`.
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
export async function forkContext(token: string, privateKey: string, options: ForkContextOptions): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { subject, expiresIn, now = systemClock } = options
  checkName('subject', subject)
  const open = await openContext(token, privateKey, now)
  const sources = [...new Set([INHERITED, ...open.sources])]
  const expiration = expiresIn === undefined ? open.end : expirationOf('expiresIn', expiresIn, now)
  return rewriteContext(open, { subject, sources, expiration }, 'subject')
}
