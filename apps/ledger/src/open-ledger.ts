import type { RemoteKeys } from '@writ/client/remote'
import { type Environment, required } from 'service-kit/node'
import type { OpenLedger, OpenOptions } from './database/ledger.ts'

/** Opens the database that the environment names; without one, that in the memory of this process. */
export async function openLedger(environment: Environment, keys: RemoteKeys): Promise<OpenLedger> {
  const { LEDGER_POLICIES: policies = 'on', DATABASE_URL: service } = environment
  if (policies !== 'on' && policies !== 'off') throw new TypeError('LEDGER_POLICIES: must be on or off')
  const options: OpenOptions = { guarded: policies === 'on', keys: await rootKeysOf(keys) }
  // Either library is loaded for whom it is of use.
  if (service === undefined) return (await import('./database/open-embedded.ts')).openEmbedded(options)
  const owner = required(environment, 'DATABASE_OWNER_URL', 'the URL of the database for the owner of its tables')
  return (await import('./database/open-server.ts')).openServer({ service, owner }, options)
}

/** What the database is to trust. Without an authority it cannot be told, and the service does not start. */
async function rootKeysOf(keys: RemoteKeys): Promise<OpenOptions['keys']> {
  await keys.ready()
  const pairs = keys.status().rootKeyIds.map(async (id) => [id, await keys(id)] as const)
  return new Map((await Promise.all(pairs)).filter((pair): pair is [number, string] => pair[1] !== undefined))
}
