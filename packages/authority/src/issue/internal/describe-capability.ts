import { revocationIds, type VerifiedIdentity } from '@writ/core'
import type { AuditRecord } from '../../audit/audit-record.ts'
import type { Minted } from '../../rules/insert-tokens.ts'
import { describeRefusal } from '../../rules/record-refusals.ts'
import type { Rules } from '../../rules/rules.ts'
import { describeContext } from './describe-context.ts'
import type { Decided } from './mint-capability.ts'

/** The rows of the lineage and the record of one decision. */
export function describeCapability(
  rules: Rules,
  { identity: actor, revocationIds: [parent] }: VerifiedIdentity,
  decided: Decided,
): { readonly rows: readonly Minted[]; readonly record: AuditRecord } {
  const kind = 'capability.minted'
  if (decided.minted === undefined) {
    const { refused } = decided
    return { rows: [], record: { kind, actor, subject: actor, revocationId: parent, ...describeRefusal(refused) } }
  }
  const { minted, context } = decided
  const { capability, subject, target, operation, designations, anchor, expiresAt } = minted
  const id = revocationIds(capability)[0] as string
  const rows: Minted[] = [{ id, kind: 'capability', subject, parent, expiresAt, target, operation }]
  if (context !== undefined && minted.context !== undefined) rows.push(...describeContext(context, minted.context))
  const detail = {
    designations,
    anchor,
    expiresAt,
    parent,
    context: context?.revocationIds[0],
    policyVersion: rules.version,
  }
  const record = {
    kind,
    decision: 'allowed',
    actor,
    subject,
    resource: target,
    operation,
    revocationId: id,
    detail,
  } as const
  return { rows, record }
}
