// A Redis that is killed, stopped, silent, cut off, full, failed over, promoted, evicting and resharded, under load by every client at
// once: no use passes twice, nothing that is revoked and kept passes, no client keeps more than it may, and each recovers by itself.
import { createRedisRevocationList } from '../packages/redis/src/index.ts'
import { CLIENT_NAMES, Redis } from '../packages/redis/test/support/clients.ts'
import { startFront } from '../packages/redis/test/support/front.ts'
import { type Load, type LoadResult, startLoad } from '../packages/redis/test/support/load.ts'
import { connectAsRecommended } from '../packages/redis/test/support/recommended.ts'
import { connectCluster, startCluster } from '../packages/redis/test/support/redis-cluster.ts'
import { endServers, killServers, startServer } from '../packages/redis/test/support/redis-server.ts'
import { anySeed, fail, failOnStrays, readNumbers, untilDone } from './support/options.ts'
import { Random } from './support/random.ts'
import { CLUSTER_OUTAGES, KEEPS, type Nodes, OUTAGES, type Single } from './support/redis-outages.ts'

const PREFIX = 'writ:'
const LOOKUPS = 40_000
const MEBIBYTE = 2 ** 20
/** What 40,000 look-ups of a silent Redis may leave behind; without a bound it was over a hundred. */
const LEFT_BEHIND = 8 * MEBIBYTE
/** Every client, a list and a ledger each, 1000 commands. */
const MOST_UNSETTLED = CLIENT_NAMES.length * 2 * 1000

failOnStrays()
const { outages, minutes, seed = anySeed() } = readNumbers({ outages: 40, minutes: undefined, seed: undefined })
console.log(`seed ${seed}`)
// Also when this run fails.
process.on('exit', killServers)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const random = new Random(seed)
const pick = (count: number) => random.below(count)

await silence()
await single()
await cluster()
await evicting()
await endServers()

/** Breaks what is loaded again and again, and measures how long it takes until all clients work again. */
async function breaking<Where extends { readonly load: Load }>(
  name: string,
  kinds: Readonly<Record<string, (where: Where, random: Random) => Promise<void>>>,
  where: Where,
): Promise<void> {
  const { load } = where
  const isDone = untilDone(Math.ceil(outages / 2), minutes && minutes / 2)
  const slowest = new Map<string, number>()
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, load.result.unsettled())
  }, 50)
  await load.pass(50)
  let done = 0
  for (; !isDone(done); done++) {
    const kind = random.pick(Object.keys(kinds))
    await kinds[kind]?.(where, random)
    const start = performance.now()
    await load.pass(20).catch((error) => fail('a client does not recover', { name, kind, error: error.message, seed }))
    slowest.set(kind, Math.max(slowest.get(kind) ?? 0, performance.now() - start))
    judge(name, kind, load.result)
  }
  judge(name, 'the end', await load.stop())
  clearInterval(watch)
  const { issued, passed, revoked, lookups, refused, unsettled } = load.result
  if (passed === 0 || revoked === 0) fail('nothing was done', { name, passed, revoked, seed })
  if (most > MOST_UNSETTLED || unsettled() > 0) fail('a client keeps commands', { name, most, left: unsettled(), seed })
  console.log(
    `${name}: ${done} outages; ${issued} uses, ${passed} passed once; ${revoked} revoked, ${lookups} looked up; ${refused} refused`,
  )
  console.log(`  most commands at a time without an answer: ${most}; slowest recovery, with the rounds that show it:`)
  for (const [kind, milliseconds] of slowest)
    console.log(`  ${kind.padEnd(14)}${(milliseconds / 1000).toFixed(1).padStart(6)} s`)
}

function judge(name: string, kind: string, { doubled, forgotten }: LoadResult): void {
  if (doubled.length > 0) fail('a use passed twice', { name, kind, doubled, seed })
  if (forgotten.length > 0) fail('what was revoked passed', { name, kind, forgotten, seed })
}

async function single(): Promise<void> {
  const server = await startServer(KEEPS)
  const front = await startFront(server.port)
  const all = await Promise.all(CLIENT_NAMES.map((name) => connectAsRecommended(name, front.url)))
  const clients = all.map(({ client }) => client)
  const where: Single = { server, front, prefix: PREFIX, load: startLoad(clients, PREFIX, pick) }
  await breaking('one server', OUTAGES, where)
  for (const { close } of all) close()
  front.close()
}

async function cluster(): Promise<void> {
  const servers = await startCluster(3, KEEPS)
  const all = await Promise.all(CLIENT_NAMES.map((name) => connectCluster(name, servers)))
  const clients = all.map(({ client }) => client)
  const where: Nodes = { servers, load: startLoad(clients, PREFIX, pick) }
  await breaking('a cluster', CLUSTER_OUTAGES, where)
  for (const { close } of all) close()
}

/** What is evicted was not kept: revoked ids pass then. A use does not. */
async function evicting(): Promise<void> {
  const server = await startServer(['--maxmemory', '4mb', '--maxmemory-policy', 'allkeys-lru'])
  const all = await Promise.all(CLIENT_NAMES.map((name) => connectAsRecommended(name, server.url)))
  const clients = all.map(({ client }) => client)
  const load = startLoad(clients, PREFIX, pick)
  const filler = new Redis(server.url)
  for (let filled = 0; filled < 20_000; filled++)
    await filler.set(`other ${filled}`, 'x'.repeat(500 + random.below(1000)))
  filler.disconnect()
  const { doubled, forgotten, issued, passed, revoked } = await load.stop()
  judge('evicting', 'the end', { ...load.result, forgotten: [] })
  console.log(
    `evicting: ${issued} uses, ${passed} passed once, ${doubled.length} twice; ${revoked} revoked, of which it forgot ${new Set(forgotten).size}`,
  )
  for (const { close } of all) close()
}

/** Look-ups of a Redis that takes commands and is silent leave nothing behind that grows with their number. */
async function silence(): Promise<void> {
  const server = await startServer()
  for (const name of CLIENT_NAMES) {
    const front = await startFront(server.port)
    const { client, close } = await connectAsRecommended(name, front.url)
    const revocation = createRedisRevocationList(client, { timeout: 50 })
    await createRedisRevocationList(client).isRevoked(['ab'.repeat(64)])
    front.mute(true)
    const before = inUse()
    for (let asked = 0; asked < LOOKUPS; asked += 1000) {
      const answers = Array.from({ length: 1000 }, () => revocation.isRevoked(['ab'.repeat(64)]))
      for (const { status } of await Promise.allSettled(answers)) {
        if (status === 'fulfilled') fail('a silent Redis answered', { name, seed })
      }
    }
    const left = inUse() - before
    console.log(`silent, ${name.padEnd(9)}: ${LOOKUPS} look-ups leave ${(left / MEBIBYTE).toFixed(1)} MiB`)
    if (left > LEFT_BEHIND) fail('memory grows while Redis is silent', { name, left, seed })
    close()
    front.close()
  }
}

function inUse(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
