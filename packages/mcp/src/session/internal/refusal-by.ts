import { ToolCallError } from '../tool-call-error.ts'

/** After these, nothing that this session asks for is minted any more. */
const FINAL: ReadonlySet<string> = new Set([
  'unauthenticated',
  'closed',
  'wrong_identity',
  'unknown_subject',
  'wrong_context',
  'unknown_session',
])

/** What is read of a `ClientError` or an `EngineError`. */
interface AuthorityRefusal {
  readonly name: string
  readonly code: string
  readonly reason?: unknown
}

/** What an error of a client or an engine means for the session that asked. */
export function refusalBy(error: unknown): ToolCallError {
  const code = codeOf(error)
  if (code === undefined || code === 'unavailable') return new ToolCallError('unavailable', { cause: error })
  return new ToolCallError(FINAL.has(code) ? 'ended' : 'refused', { reason: code, cause: error })
}

/** Only what these two say is a refusal; whatever else is thrown says nothing about the policy. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { name, code, reason } = error as Error & AuthorityRefusal
  if (name === 'EngineError') return code
  if (name !== 'ClientError') return undefined
  // The code of the step that refused says more.
  if (code === 'refused') return typeof reason === 'string' ? reason : code
  return code === 'unauthenticated' || code === 'closed' ? code : undefined
}
