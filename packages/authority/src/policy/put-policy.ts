import { diffPolicy } from '@writ/engine'
import { appendRecords } from '../audit/append-records.ts'
import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { hashRules } from '../rules/hash-rules.ts'
import { type RuleTexts, readRuleTexts } from '../rules/read-rule-texts.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import { type PolicyVersion, readPolicy, readVersion } from './read-policy.ts'

/** The next version. */
export interface PolicyChange extends Pick<RuleTexts, 'policy'> {
  /** TOML. Default: the schema in force stays. `null` takes it away, and every target is known. */
  readonly schema?: string | null | undefined
  /** The entity tag of the version that it replaces. */
  readonly ifMatch: string | undefined
  /** Who changes it: a proven subject. */
  readonly author: string
}

/**
 * Puts another policy and schema in force, at every process: no act commits by the old ones afterwards. The same texts again
 * make no new version.
 *
 * @throws `AuthorityError` `precondition_required` without `ifMatch`, `precondition_failed` with `etag` if another version is
 *   in force, `invalid_policy` with all `faults`; `StoreError`. Then the running ones stay.
 */
export function putPolicy(parts: AuthorityParts, change: PolicyChange): Promise<PolicyVersion> {
  const { policy, ifMatch, author } = change
  return recordingRefusals(parts, 'policy.changed', async (proven) => {
    proven({ actor: author })
    if (ifMatch === undefined) throw new AuthorityError('precondition_required')
    return parts.rules.act(
      async (rules) => {
        if (rules.etag !== ifMatch) throw new AuthorityError('precondition_failed', { etag: rules.etag })
        const schema = change.schema === undefined ? (await readPolicy(parts)).schema : change.schema
        const next = readRuleTexts({ policy, schema: schema ?? undefined })
        return { schema, diff: await diffPolicy(rules.policy, next.policy) }
      },
      async (transaction, { schema, diff }, rules) => {
        const { query } = transaction
        const running = await readVersion(query)
        if (running.policy === policy && running.schema === schema) return running
        const version = rules.version + 1
        const etag = hashRules(version, { policy, schema })
        const time = parts.now()
        const row = { version, policy, schema, etag, author, created_at: Math.floor(time), diff: JSON.stringify(diff) }
        await query.insertInto('policies').values(row).execute()
        await transaction.updateHead({ rules_epoch: rules.epoch + 1 })
        const detail = { version, etag, subjects: diff.subjects.length }
        await appendRecords(transaction, [{ kind: 'policy.changed', decision: 'allowed', actor: author, detail }], time)
        return readVersion(query)
      },
    )
  })
}
