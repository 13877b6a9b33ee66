import { appendRecords } from '../../audit/append-records.ts'
import { createFirstKeys } from '../../keys/create-first-keys.ts'
import type { KeyProvider } from '../../keys/key-provider.ts'
import type { Store } from '../../store/store.ts'
import { hashRules } from '../hash-rules.ts'
import { type RuleTexts, readRuleTexts } from '../read-rule-texts.ts'

/**
 * Makes the first keys and the first version of the policy, if there are none. Of processes that start together one does.
 *
 * @throws `AuthorityError` `invalid_policy`
 */
export async function writeFirstRules(
  store: Store,
  keyProvider: KeyProvider,
  texts: RuleTexts,
  now: () => number,
): Promise<void> {
  await store.transact(async (transaction) => {
    await transaction.lockHead()
    await createFirstKeys(transaction, keyProvider, Math.floor(now()))
    const { query } = transaction
    if ((await query.selectFrom('policies').select('version').limit(1).executeTakeFirst()) !== undefined) return
    readRuleTexts(texts)
    const etag = hashRules(1, texts)
    const time = now()
    await query
      .insertInto('policies')
      .values({
        version: 1,
        policy: texts.policy,
        schema: texts.schema ?? null,
        etag,
        author: null,
        created_at: Math.floor(time),
        diff: 'null',
      })
      .execute()
    const { rules_epoch } = await transaction.lockHead()
    await transaction.updateHead({ rules_epoch: rules_epoch + 1 })
    const detail = { version: 1, etag }
    await appendRecords(transaction, [{ kind: 'policy.changed', decision: 'allowed', detail }], time)
  })
}
