import type { RedisClient } from '../redis-client.ts'
import type { Ask } from './line.ts'
import type { ServerFacts } from './server-problems.ts'

/** What this package uses of a connection of either package, and of their clusters, beside the commands of a store. */
interface Checked {
  info?(): PromiseLike<unknown>
  /** `redis`: the parsed answer of `CLIENT INFO`. */
  clientInfo?(): PromiseLike<{ readonly db?: unknown }>
  /** `ioredis`: any `CLIENT` command. */
  client?(subcommand: 'INFO'): PromiseLike<unknown>
  readonly options?: { readonly database?: unknown; readonly db?: unknown }
  /** A cluster of `redis`. */
  readonly masters?: readonly unknown[]
  nodeClient?(node: unknown): PromiseLike<Checked> | Checked
  /** A cluster of `ioredis`. */
  nodes?(role: 'master'): Checked[]
}

/** Asks each server that holds keys about itself. Rejects as `ask` does, or if the client leads to no server. */
export async function factsOf(client: RedisClient, ask: Ask): Promise<ServerFacts[]> {
  const checked = client as Checked
  let nodes: Checked[] = [checked]
  if (checked.nodeClient !== undefined) {
    nodes = await Promise.all(
      (checked.masters ?? []).map((node) => ask(async () => checked.nodeClient?.(node) as Checked)),
    )
  } else if (checked.nodes !== undefined) nodes = checked.nodes('master')
  if (nodes.length === 0) throw new Error('the cluster has no nodes yet: connect first')
  return Promise.all(nodes.map((node) => factsOfNode(node, ask)))
}

async function factsOfNode(node: Checked, ask: Ask): Promise<ServerFacts> {
  const info = await ask(async () => node.info?.())
  if (typeof info !== 'string') throw new Error('INFO: not an answer of Redis')
  const selected = await ask(() => selectedDatabase(node))
  // The clients of a pool or of sentinels have no options, so the database that was meant is not known.
  const configured = node.options && Number(node.options.database ?? node.options.db ?? 0)
  if (selected === undefined || configured === undefined) return { info }
  return { info, database: { selected, configured } }
}

/** The database of the connection. `undefined` if the server does not know the command, or forbids it. */
async function selectedDatabase(node: Checked): Promise<number | undefined> {
  try {
    if (node.clientInfo !== undefined) return Number((await node.clientInfo()).db)
    const [, db] = /(?:^| )db=(\d+)/.exec(String(await node.client?.('INFO'))) ?? []
    return db === undefined ? undefined : Number(db)
  } catch {
    return undefined
  }
}
