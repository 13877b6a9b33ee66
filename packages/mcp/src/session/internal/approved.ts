import { inspect, type Keys } from '@writ/core/verify'
import type { ApprovalRequest } from '../agent-session.ts'
import { ToolCallError } from '../tool-call-error.ts'

/**
 * The capability with the word of whoever must approve the call; the capability itself if nobody must.
 *
 * @throws `ToolCallError` `not_approved`, also for what is another capability, or still waits.
 */
export async function approved(
  token: string,
  call: Pick<ApprovalRequest, 'name' | 'arguments'>,
  keys: Keys,
  awaitApproval: ((request: ApprovalRequest) => string | Promise<string>) | undefined,
): Promise<string> {
  const before = await inspect(token, keys)
  if (before.awaited.length === 0) return token
  const awaited = before.awaited.map(({ label, value, by }) => ({ label, value, by }))
  if (awaitApproval === undefined) throw new ToolCallError('not_approved')
  try {
    const answer = await awaitApproval({ ...structuredClone(call), token, awaited })
    const after = await inspect(answer, keys)
    const isSame = before.revocationIds.every((id, index) => after.revocationIds[index] === id)
    if (isSame && after.awaited.length === 0) return answer
  } catch (cause) {
    throw new ToolCallError('not_approved', { cause })
  }
  throw new ToolCallError('not_approved')
}
