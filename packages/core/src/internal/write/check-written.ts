import { CapabilityError } from '../base/capability-error.ts'
import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts'
import { assertP256Signatures, type Signer } from '../signature/signers.ts'
import type { Token } from '../token/decode-token.ts'
import { assertProfile } from '../token/profile.ts'
import { assertAffordable, type NamedRequests } from './affordable.ts'
import type { Written } from './written.ts'

/** Limits that no single option exceeds: they depend on how many blocks were appended to the token. */
const LIMITS_OF_TOKENS: readonly string[] = ['blocks', 'signatures', 'p256Signatures'] satisfies (keyof Limits)[]

/**
 * Refuses a written token that no verifier would accept, and returns all others. Only its size can be the reason,
 * because every value has been checked before.
 *
 * @param root - The root key, public or private.
 * @param name - The option to report, or a function that finds it out when there is something to report.
 * @param named - The requests that the token itself names. Default: one that names nothing.
 * @throws `TypeError` that starts with `name`, or with `token:` for a token with too many blocks or signatures.
 */
export function checkWritten(written: Written, root: Signer, name: OptionName, named?: NamedRequests): string {
  return readWritten(written, root, name, named).text
}

/** As `checkWritten`, and returns the token as the reader sees it. */
export function readWritten(written: Written, root: Signer, name: OptionName, named?: NamedRequests): Token {
  const { text } = written
  if (text.length > DEFAULT_LIMITS.textLength) {
    throw new TypeError(
      `${nameOf(name)}: the result would have ${text.length} characters, ` +
        `and no verifier reads more than ${DEFAULT_LIMITS.textLength}`,
    )
  }
  try {
    return assertReadable(written, root, named)
  } catch (cause) {
    if (!(cause instanceof CapabilityError)) throw cause
    const { code, label } = cause
    const blamed = label !== undefined && LIMITS_OF_TOKENS.includes(label) ? 'token' : nameOf(name)
    const reason = label === undefined ? code : `${code}: ${label}`
    throw new TypeError(`${blamed}: no verifier would read the result (${reason})`, { cause })
  }
}

/** The name of an option, or how to find it. */
type OptionName = string | (() => string)

function nameOf(name: OptionName): string {
  return typeof name === 'function' ? name() : name
}

/** Whether a verifier would read a written token. */
export function isReadable(written: Written, root: Signer): boolean {
  try {
    assertReadable(written, root)
    return true
  } catch {
    return false
  }
}

/** @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `unsupported_block`. */
function assertReadable(written: Written, root: Signer, named?: NamedRequests): Token {
  const token = written.read(DEFAULT_LIMITS)
  assertP256Signatures(token, root, DEFAULT_LIMITS)
  assertProfile(token)
  assertAffordable(token.blocks, DEFAULT_LIMITS, named)
  return token
}

/** The name of the largest option, to be reported for a token that is too large. */
export function largestOf(options: Readonly<Record<string, unknown>>): string {
  const size = (value: unknown): number => JSON.stringify(value)?.length ?? 0
  return Object.entries(options).reduce((largest, next) => (size(next[1]) > size(largest[1]) ? next : largest))[0]
}
