/**
 * Why a session does not make a call. A code never changes its meaning.
 *
 * | code | meaning |
 * | --- | --- |
 * | `unknown_tool` | the session has no tool of that name |
 * | `wrong_arguments` | the arguments do not name what the tool's capability must name |
 * | `refused` | the policy says no; `reason` says why: `exposed` after what the session has seen |
 * | `not_approved` | whoever must approve the call has not |
 * | `ended` | the session is over: it was ended, or its identity or context is not accepted any more |
 * | `unavailable` | the authority did not answer, or what came back could not be recorded |
 */
export type ToolCallErrorCode =
  | 'unknown_tool'
  | 'wrong_arguments'
  | 'refused'
  | 'not_approved'
  | 'ended'
  | 'unavailable'

const MESSAGES: Readonly<Record<ToolCallErrorCode, string>> = {
  unknown_tool: 'There is no such tool',
  wrong_arguments: 'The arguments do not name what this tool needs',
  refused: 'The policy does not permit this call',
  not_approved: 'The call was not approved',
  ended: 'The session is over',
  unavailable: 'The call cannot be made now',
}

/** What is known of it. No member holds a token. */
export interface ToolCallErrorDetails {
  /** The code of whoever refused, such as `not_granted` or `exposed`. */
  readonly reason?: string | undefined
  readonly cause?: unknown
}

/**
 * A session does not make a call. The message is one fixed sentence per code, for the model that asked.
 *
 * @example
 * ```ts
 * import { type AgentSession, ToolCallError } from '@writ/mcp'
 *
 * export async function callForModel(session: AgentSession<unknown>, name: string, args: object): Promise<unknown> {
 *   try {
 *     return await session.callTool(name, args)
 *   } catch (error) {
 *     if (error instanceof ToolCallError && error.code !== 'ended') return { refused: error.message }
 *     throw error
 *   }
 * }
 * ```
 */
export class ToolCallError extends Error {
  override readonly name = 'ToolCallError'
  readonly code: ToolCallErrorCode
  readonly reason: string | undefined

  constructor(code: ToolCallErrorCode, { reason, cause }: ToolCallErrorDetails = {}) {
    super(MESSAGES[code], cause === undefined ? undefined : { cause })
    this.code = code
    this.reason = reason
  }
}
