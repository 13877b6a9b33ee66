import { createContextVerifier, createIdentityVerifier, type UseLedger } from '@writ/core'
import { createEngine, type EngineKeys, type Resolver } from '@writ/engine'
import { AuthorityError } from '../../authority-error.ts'
import type { KeyProvider } from '../../keys/key-provider.ts'
import type { KeySet } from '../../keys/key-set.ts'
import { loadKeySet } from '../../keys/load-key-set.ts'
import type { Store } from '../../store/store.ts'
import type { PolicyTable } from '../../store/tables.ts'
import { newestPolicy } from '../newest-policy.ts'
import { readRuleTexts } from '../read-rule-texts.ts'
import type { Rules } from '../rules.ts'
import type { StoreSessions } from '../sessions/create-store-sessions.ts'

/** What rules are made of, besides the database. */
export interface RuleParts {
  readonly store: Store
  readonly keyProvider: KeyProvider
  readonly sessions: StoreSessions
  readonly resolver: Resolver | undefined
  readonly singleUse: UseLedger | undefined
  readonly now: () => number
}

const MAX_TRIES = 5

/** Loads the rules in force. They are read by several statements, so the epoch is compared afterwards. */
export async function loadRules(parts: RuleParts): Promise<Rules> {
  const { store, keyProvider, now } = parts
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const epoch = await readEpoch(store)
    const [row, keys] = await store.read(async (query) => [
      await newestPolicy(query),
      await loadKeySet(query, keyProvider, Math.floor(now())),
    ])
    if ((await readEpoch(store)) === epoch) return assemble(parts, epoch, row, keys)
  }
  throw new AuthorityError('unavailable')
}

/** The epoch that is in force. */
export async function readEpoch(store: Store): Promise<number> {
  const { rules_epoch } = await store.read((query) =>
    query.selectFrom('head').select('rules_epoch').executeTakeFirstOrThrow(),
  )
  return rules_epoch
}

function assemble(
  { sessions, resolver, singleUse, now }: RuleParts,
  epoch: number,
  { version, etag, ...texts }: PolicyTable,
  keys: KeySet,
): Rules {
  const { policy, schema } = readRuleTexts({ policy: texts.policy, schema: texts.schema ?? undefined })
  const fixed = { policy, schema, keys: engineKeys(keys), singleUse, sessions, now }
  const engine = createEngine({ ...fixed, resolver })
  const engineOfSessions = resolver === undefined ? engine : createEngine(fixed)
  const verifying = { keys: new Map(keys.roots.filter(({ state }) => state !== 'next').map(byId)), now }
  return Object.freeze({
    epoch,
    version,
    etag,
    policy,
    schema,
    keys,
    engine,
    identities: createIdentityVerifier(verifying),
    contexts: createContextVerifier(verifying),
    inSession: (transaction, act) => sessions.runIn(transaction, () => act(engineOfSessions)),
  } satisfies Rules)
}

function byId({ id, publicKey }: { readonly id: number; readonly publicKey: string }): [number, string] {
  return [id, publicKey]
}

/** The active root key, which mints, and those that have signed contexts which may still be forked. */
function engineKeys({ root, roots, signerOf }: KeySet): readonly EngineKeys[] {
  const active = { rootKeyId: root.id, publicKey: root.publicKey, privateKey: root.signer }
  const retired = roots.flatMap(({ id, publicKey, state }) => {
    const privateKey = state === 'retired' ? signerOf(id) : undefined
    return privateKey === undefined ? [] : [{ rootKeyId: id, publicKey, privateKey }]
  })
  return [active, ...retired]
}
