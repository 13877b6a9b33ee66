import type { UseLedger } from '@writ/core'
import type { Resolver } from '@writ/engine'
import { AuthorityError } from '../authority-error.ts'
import type { KeyProvider } from '../keys/key-provider.ts'
import type { Store, StoreTransaction } from '../store/store.ts'
import { loadRules, readEpoch } from './internal/load-rules.ts'
import { writeFirstRules } from './internal/write-first-rules.ts'
import type { RuleTexts } from './read-rule-texts.ts'
import type { Rules, RulesInForce } from './rules.ts'
import { createStoreSessions } from './sessions/create-store-sessions.ts'

/** The options of {@link createRules}. */
export interface CreateRulesOptions {
  readonly store: Store
  readonly keyProvider: KeyProvider
  /** Names objects of capabilities. Default: the caller does. */
  readonly resolver?: Resolver | undefined
  /** Records single uses. Default: no capability for a single use can be minted. */
  readonly singleUse?: UseLedger | undefined
  /** The clock, in Unix seconds. */
  readonly now: () => number
  /** The first version, if there is none yet. Default: a policy that permits nothing. */
  readonly initial?: RuleTexts | undefined
}

const NOTHING: RuleTexts = { policy: '' }
const MAX_TRIES = 5
/** Every commit of every process says that something has changed; the epoch is looked at so often at most. */
const PAUSE_MS = 20

/**
 * Loads the rules in force, and keeps up with what any process changes. Makes the first keys and the first version of the
 * policy in an empty database.
 *
 * @throws `AuthorityError` `invalid_policy` for a first policy with faults; `StoreError`.
 */
export async function createRules(options: CreateRulesOptions): Promise<RulesInForce> {
  const { store, keyProvider, resolver, singleUse, now, initial = NOTHING } = options
  const parts = { store, keyProvider, resolver, singleUse, now, sessions: createStoreSessions({ store, now }) }
  await writeFirstRules(store, keyProvider, initial, now)
  let current = await loadRules(parts)
  let loading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  function reload(): Promise<void> {
    loading ??= loadRules(parts)
      .then((rules) => {
        current = rules
      })
      .finally(() => {
        loading = undefined
      })
    return loading
  }

  async function keepUp(): Promise<void> {
    timer = undefined
    if ((await readEpoch(store)) !== current.epoch) await reload()
  }

  const stopListening = store.onChange(() => {
    // What fails here fails again in the next act, which reports it.
    timer ??= setTimeout(() => void keepUp().catch(() => undefined), PAUSE_MS).unref()
  })

  /** Prepares an act. Older rules than those in force may have refused; that does not count. */
  async function prepareBy<Prepared>(rules: Rules, prepare: (rules: Rules) => Promise<Prepared>): Promise<Prepared> {
    try {
      return await prepare(rules)
    } catch (error) {
      const epoch = await readEpoch(store).catch(() => rules.epoch)
      throw epoch === rules.epoch ? error : new StaleRules()
    }
  }

  return Object.freeze({
    current: async () => current,
    async act(prepare, commit) {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const rules = current
        try {
          const prepared = await prepareBy(rules, prepare)
          const { result, epoch } = await store.transact((transaction) => run(transaction, prepared, rules, commit))
          // It is committed, so nothing may fail any more.
          if (epoch !== rules.epoch) await reload().catch(() => undefined)
          return result
        } catch (error) {
          if (!(error instanceof StaleRules)) throw error
        }
        await reload().catch((cause: unknown) => {
          throw new AuthorityError('unavailable', {}, { cause })
        })
      }
      throw new AuthorityError('unavailable')
    },
    close() {
      stopListening()
      clearTimeout(timer)
    },
  } satisfies RulesInForce)
}

async function run<Prepared, Result>(
  transaction: StoreTransaction,
  prepared: Prepared,
  rules: Rules,
  commit: (transaction: StoreTransaction, prepared: Prepared, rules: Rules) => Promise<Result>,
): Promise<{ readonly result: Result; readonly epoch: number }> {
  const { rules_epoch } = await transaction.lockHead()
  if (rules_epoch !== rules.epoch) throw new StaleRules()
  const result = await commit(transaction, prepared, rules)
  return { result, epoch: (await transaction.lockHead()).rules_epoch }
}

/** Somebody has changed the rules since the act was prepared. */
class StaleRules extends Error {}
