import type { RemoteKeys, RemoteRevocations } from '@writ/client/remote'
import { type Environment, required } from 'service-kit/node'
import type { Ledger, OpenLedger, OpenOptions } from './database/ledger.ts'

/** What the database knows of its authority. */
interface FollowedAuthority {
  readonly keys: RemoteKeys
  readonly revocation: RemoteRevocations
}

/** Opens the database that the environment names, or one in the memory of this process, and has it follow the authority. */
export async function openLedger(
  environment: Environment,
  { keys, revocation }: FollowedAuthority,
): Promise<{ readonly ledger: Ledger; close(): Promise<void> }> {
  const { LEDGER_POLICIES: policies = 'on' } = environment
  if (policies !== 'on' && policies !== 'off') throw new TypeError('LEDGER_POLICIES: must be on or off')
  const guarded = policies === 'on'
  const { ledger, follow, close } = await openDatabase(environment, { guarded, keys: await rootKeysOf(keys) })
  if (!guarded) return { ledger, close }
  try {
    const followed = await follow(revocation)
    // Otherwise the database refuses until the authority is heard.
    if (revocation.status().ready) await followed.ready()
    return {
      ledger,
      async close() {
        await followed.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Either library is loaded for whom it is of use. */
async function openDatabase(environment: Environment, options: OpenOptions): Promise<OpenLedger> {
  const { DATABASE_URL: service } = environment
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
