import { Redis } from 'ioredis'
import type { Load } from './load.ts'
import { type RedisServer, until } from './redis-server.ts'

/** Has a replica take over from its primary, which waits until the replica has all. */
export async function failOver(primary: Redis, replica: RedisServer): Promise<void> {
  await primary.call('FAILOVER', 'TO', '127.0.0.1', replica.port)
  // Before that it is a replica, which may not know yet what was revoked last.
  const admin = new Redis(replica.url)
  await until(async () => (await admin.info('replication')).includes('role:master'))
  admin.disconnect()
}

/** Promotes a replica whose primary is lost, and does what the README says before services reach it. */
export async function promote(replica: RedisServer, prefix: string, load: Load): Promise<void> {
  const admin = new Redis(replica.url)
  await admin.replicaof('NO', 'ONE')
  const notes = await admin.keys(`${prefix}facet:*`)
  if (notes.length > 0) await admin.del(...notes)
  await load.revokeAgain(admin)
  admin.disconnect()
}
