import { EngineError } from '@writ/engine'
import { appendRecords } from '../audit/append-records.ts'
import type { AuditKind, AuditRecord } from '../audit/audit-record.ts'
import { storableText } from '../audit/storable-text.ts'
import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { countRefusal } from './internal/count-refusal.ts'

/** Who asks, once that is proven. */
export type Proven = Pick<AuditRecord, 'actor' | 'subject' | 'revocationId'>

/**
 * Runs an act, and records its refusal before it is answered: with the caller, once proven; of all others one record per
 * kind and minute, because they could fill the disk.
 *
 * @param act - Calls `proven` as soon as it knows who asks.
 * @throws What `act` throws, with an `AuthorityError` `invalid_request` for a `TypeError` about a member of the request.
 */
export async function recordingRefusals<Result>(
  parts: Pick<AuthorityParts, 'store' | 'now'>,
  kind: AuditKind,
  act: (proven: (who: Proven) => void) => Promise<Result>,
): Promise<Result> {
  let caller: Proven | undefined
  try {
    return await act((who) => {
      caller = who
    })
  } catch (thrown) {
    const error = asRefusal(thrown)
    if (isUnproven(error)) await countRefusal(parts, kind)
    else if (caller !== undefined && isRefusal(error)) {
      const record = { kind, ...caller, subject: recordable(caller.subject), ...describeRefusal(error) }
      await parts.store.transact((transaction) => appendRecords(transaction, [record], parts.now()))
    }
    throw error
  }
}

/** What the audit says of a refusal. */
export function describeRefusal(
  error: AuthorityError | EngineError,
): Pick<AuditRecord, 'decision' | 'resource' | 'operation' | 'detail'> {
  if (error instanceof AuthorityError) return { decision: 'refused', detail: { code: error.code } }
  const { step, code, target, operation, label, labels, ancestor } = error
  return {
    decision: 'refused',
    resource: recordable(target),
    operation: recordable(operation),
    detail: { step, code, label: recordable(label), labels: labels?.map(recordable), ancestor },
  }
}

const MAX_LENGTH = 256

/** A text of a caller, as long as the audit takes it. */
function recordable(text: string | undefined): string | undefined {
  return text === undefined ? undefined : storableText(text.slice(0, MAX_LENGTH))
}

/** A revoked credential counts among the unproven: whoever holds one must not write at will. */
function isUnproven(error: unknown): boolean {
  return error instanceof AuthorityError && error.code === 'refused_credential'
}

function isRefusal(error: unknown): error is AuthorityError | EngineError {
  return error instanceof AuthorityError || error instanceof EngineError
}

/** Members of requests about which the engine throws a `TypeError`. */
const ABOUT_REQUEST =
  /^(subject|target|operation|designations|anchor|context|expiresIn|singleUse|exposures|source|requests)[:[]/

/** What is wrong in a request is a refusal. Every other `TypeError` is a fault of the program. */
export function asRefusal(error: unknown): unknown {
  const member = error instanceof TypeError ? ABOUT_REQUEST.exec(error.message)?.[1] : undefined
  return member === undefined ? error : new AuthorityError('invalid_request', { member }, { cause: error })
}
