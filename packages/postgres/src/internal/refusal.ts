import { CapabilityError, type CapabilityErrorCode, ERROR_CODES } from '@writ/core/verify'

/** The SQLSTATE of `writ.refuse`. */
const SQLSTATE = '28W00'

const CODES: ReadonlySet<string> = new Set(ERROR_CODES)

/** What is refused before all signatures are proven. Of the codes of the database alone, none waits for that. */
const UNPROVEN: ReadonlySet<string> = new Set([
  'malformed_token',
  'untrusted_key',
  'invalid_signature',
  'unsupported_key',
  'unsupported_shape',
  'third_party_block',
])

/** The refusal that an error of the database stands for; `undefined` for any other error. */
export function refusalOf(error: unknown): CapabilityError | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code: state, message } = error as { readonly code?: unknown; readonly message?: unknown }
  const code = state === SQLSTATE && typeof message === 'string' ? /^writ: ([a-z_]+)$/.exec(message)?.[1] : undefined
  if (code === undefined) return undefined
  const known = CODES.has(code) ? (code as CapabilityErrorCode) : 'unsupported_block'
  // Not the error itself: drivers attach the parameters of the query to it.
  return new CapabilityError(known, { proven: !UNPROVEN.has(code), cause: new Error(`writ: ${code}`) })
}
