import {
  type Client,
  createClient,
  type RemoteKeys,
  type RemoteRevocations,
  remoteKeys,
  remoteRevocations,
  type Snapshot,
} from '@writ/client'
import type { Bindings } from './bindings.ts'
import type { Clock } from './session.ts'

/** What the gateway knows of its authority, and what it asks there. */
export interface Connection {
  /** The options of the guard. */
  readonly keys: RemoteKeys
  readonly revocation: RemoteRevocations
  /** Gets the gateway's own capabilities, and calls orders with them. */
  readonly client: Client
  /** Resolves when the authority has answered, or does not. */
  settled(): Promise<unknown>
  close(): Promise<void>
}

export interface ConnectOptions {
  /** Whether something may run between requests: on Node, and not in workerd. */
  readonly background: boolean
  /** Where the identity outlives a restart. Default: nowhere. */
  readonly snapshot?: Snapshot | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: Clock | undefined
}

/** Connects to the authority. Nothing is sent yet in workerd, where only requests may do so. */
export function connect(env: Bindings, { background, snapshot, now }: ConnectOptions): Connection {
  const { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: pinned, WRIT_SECRET: secret } = env
  const keys = remoteKeys(url, { pinned, background, now })
  const revocation = remoteRevocations(url, { keys, background, now })
  const client = createClient({ url, keys, identity: { secret, snapshot }, now })
  return {
    keys,
    revocation,
    client,
    settled: () => Promise.allSettled([keys.ready(), revocation.ready()]),
    async close() {
      client.close()
      await Promise.all([keys.close(), revocation.close()])
    },
  }
}

/** The connection of a worker, which has one environment for as long as an isolate lives. */
export function connectWorker(): (env: Bindings) => Connection {
  const connections = new WeakMap<Bindings, Connection>()
  return (env) => {
    const known = connections.get(env)
    if (known !== undefined) return known
    const { STATE: store } = env
    const snapshot = store && {
      read: async () => (await store.get('identity')) ?? undefined,
      write: (text: string) => store.put('identity', text),
    }
    const connection = connect(env, { background: false, snapshot })
    connections.set(env, connection)
    return connection
  }
}
