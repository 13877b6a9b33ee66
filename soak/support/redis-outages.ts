import { Redis } from '../../packages/redis/test/support/clients.ts'
import { type Front, startFront } from '../../packages/redis/test/support/front.ts'
import type { Load } from '../../packages/redis/test/support/load.ts'
import { failOver, promote } from '../../packages/redis/test/support/promotion.ts'
import { moveKeys } from '../../packages/redis/test/support/redis-cluster.ts'
import {
  kill,
  type RedisServer,
  restart,
  startServer,
  untilInSync,
} from '../../packages/redis/test/support/redis-server.ts'
import type { Random } from './random.ts'

/** What every server writes, so that a crash loses nothing that was confirmed. */
export const KEEPS = ['--appendonly', 'yes', '--appendfsync', 'always']

/** A server behind an address that clients load; which server that is changes. */
export interface Single {
  server: RedisServer
  readonly front: Front
  readonly prefix: string
  readonly load: Load
}

export interface Nodes {
  readonly servers: RedisServer[]
  readonly load: Load
}

type Outage<Where> = (where: Where, random: Random) => Promise<void>

/** From a blink to longer than the sockets wait. */
const sleep = (random: Random) => new Promise((resolve) => setTimeout(resolve, 100 + random.below(6000)))

async function stop(server: RedisServer, random: Random): Promise<void> {
  server.process.kill('SIGSTOP')
  await sleep(random)
  server.process.kill('SIGCONT')
}

async function replicaOf({ server }: Single, port: number): Promise<RedisServer> {
  const replica = await startServer(['--replicaof', '127.0.0.1', `${port}`, ...KEEPS])
  await untilInSync(server)
  return { ...replica, args: KEEPS }
}

export const OUTAGES: Readonly<Record<string, Outage<Single>>> = {
  async killed(single, random) {
    await kill(single.server)
    await sleep(random)
    single.server = await restart(single.server)
  },
  stopped: ({ server }, random) => stop(server, random),
  async silent({ front }, random) {
    front.mute(true)
    await sleep(random)
    front.mute(false)
  },
  async 'cut off'({ front, server }, random) {
    for (let times = 1 + random.below(5); times > 0; times--) {
      front.leadTo(server.port)
      await new Promise((resolve) => setTimeout(resolve, random.below(300)))
    }
  },
  async full({ server }, random) {
    const admin = new Redis(server.url)
    await admin.config('SET', 'maxmemory', '1')
    await sleep(random)
    await admin.config('SET', 'maxmemory', '0')
    admin.disconnect()
  },
  async 'failed over'(single) {
    const replica = await replicaOf(single, single.server.port)
    const admin = new Redis(single.server.url)
    await failOver(admin, replica)
    admin.disconnect()
    single.front.leadTo(replica.port)
    await kill(single.server)
    single.server = replica
  },
  async promoted(single, random) {
    const link = await startFront(single.server.port)
    const replica = await replicaOf(single, link.port)
    link.mute(true)
    await single.load.pass(5 + random.below(50))
    await kill(single.server)
    await promote(replica, single.prefix, single.load)
    link.close()
    single.front.leadTo(replica.port)
    single.server = replica
  },
}

export const CLUSTER_OUTAGES: Readonly<Record<string, Outage<Nodes>>> = {
  async resharded({ servers }, random) {
    const from = random.below(servers.length)
    const to = (from + 1 + random.below(servers.length - 1)) % servers.length
    await moveKeys(servers[from] as RedisServer, servers[to] as RedisServer, 10 + random.below(50))
  },
  async 'node killed'({ servers }, random) {
    const place = random.below(servers.length)
    await kill(servers[place] as RedisServer)
    await sleep(random)
    servers[place] = await restart(servers[place] as RedisServer)
  },
  'node stopped': ({ servers }, random) => stop(random.pick(servers), random),
}
