import { Redis } from 'ioredis'
import { createClient, createClientPool } from 'redis'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkRedisServer, createRedisRevocationList } from '../src/index.ts'
import { problemsOf } from '../src/internal/server-problems.ts'
import { CLIENT_NAMES, CLIENTS } from './support/clients.ts'
import { describeWithServer } from './support/describe-with-server.ts'
import { type RedisServer, startServer } from './support/redis-server.ts'

const ID = 'ab'.repeat(64)

describeWithServer('a check of the server', () => {
  let good: RedisServer
  let replica: RedisServer
  let forgetful: RedisServer

  beforeAll(async () => {
    good = await startServer(['--appendonly', 'yes', '--maxmemory', '100mb'])
    forgetful = await startServer(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'])
    replica = await startServer(['--appendonly', 'yes', '--replicaof', '127.0.0.1', `${good.port}`])
  })

  describe.each(CLIENT_NAMES)('by a client of %s', (name) => {
    async function checked(url: string, options = {}): Promise<unknown> {
      const { client, close } = await CLIENTS[name](url)
      return checkRedisServer(client, options)
        .catch((error) => error.message)
        .finally(close)
    }

    it('checkRedisServer accepts a primary that evicts nothing and appends', async () => {
      expect(await checked(good.url)).toEqual([])
      expect(await checked(`${good.url}/3`)).toEqual([])
    })

    it('checkRedisServer refuses a server that evicts and does not append, and says what to do', async () => {
      const message = await checked(forgetful.url)
      expect(message).toMatch(
        /^Redis does not keep what is revoked and spent:\n- evicts: .*"allkeys-lru".*noeviction\.\n- not_pers/,
      )
      expect(message).toContain('- not_persistent: appendonly is no')
      expect(await checked(forgetful.url, { accept: ['not_persistent'] })).not.toContain('not_persistent')
      const accepted = await checked(forgetful.url, { accept: ['evicts', 'not_persistent'] })
      expect(accepted).toMatchObject([{ code: 'evicts' }, { code: 'not_persistent' }])
    })

    it('checkRedisServer refuses a replica', async () => {
      expect(await checked(replica.url)).toMatch(/- replica: The server is a "slave"/)
    })

    it('checkRedisServer refuses a connection to another database, where a revoked token passes', async () => {
      const { client, close } = await CLIENTS[name](good.url)
      const shared = client as unknown as Redis
      const revocation = createRedisRevocationList(client)
      await revocation.revoke(ID)
      await shared.select(3)
      expect(await revocation.isRevoked([ID])).toBe(false)
      await expect(checkRedisServer(client)).rejects.toThrow(
        '- other_database: The connection has selected database 3, not 0',
      )
      close()
    })

    it('checkRedisServer accepts a duplicate of a client that has selected another database', async () => {
      const { client, close } = await CLIENTS[name](good.url)
      const shared = client as unknown as Redis
      const own = shared.duplicate()
      if (name.startsWith('redis')) await own.connect()
      const revocation = createRedisRevocationList(own)
      await revocation.revoke(ID)
      await shared.select(3)
      expect(await revocation.isRevoked([ID])).toBe(true)
      expect(await checkRedisServer(own)).toEqual([])
      own.disconnect()
      close()
    })

    it('checkRedisServer needs INFO, but neither CLIENT INFO nor CONFIG', async () => {
      const admin = new Redis(good.url)
      await admin.acl('SETUSER', 'bob', 'on', '>secret', '~*', '+@all', '-config', '-client|info')
      await admin.acl('SETUSER', 'mallory', 'on', '>secret', '~*', '+@all', '-info')
      const as = (user: string) => good.url.replace('//', `//${user}:secret@`)
      expect(await checked(as('bob'))).toEqual([])
      if (name.startsWith('redis')) expect(await checked(as('mallory'))).toMatch(/^NOPERM/)
      admin.disconnect()
    })
  })

  it('checkRedisServer asks through a pool', async () => {
    const pool = createClientPool({ url: forgetful.url }).on('error', () => {})
    await pool.connect()
    await expect(checkRedisServer(pool)).rejects.toThrow(/- evicts: .*\n- not_persistent: /)
    pool.destroy()
  })

  it('checkRedisServer refuses unknown options, a value that is not a client, and a silent server', async () => {
    const client = createClient({ url: good.url, disableOfflineQueue: true })
    for (const accept of [['all'], ['constructor'], 'evicts', {}]) {
      await expect(checkRedisServer(client, { accept: accept as never })).rejects.toThrow(
        /^accept: must be a list of evicts/,
      )
    }
    await expect(checkRedisServer(client, { timeout: 0 })).rejects.toThrow(/^timeout: /)
    await expect(checkRedisServer(client, { ignore: true } as never)).rejects.toThrow(
      /^ignore: unknown option, must be one of accept, timeout$/,
    )
    await expect(checkRedisServer({} as never)).rejects.toThrow(/^client: must be/)
    await expect(checkRedisServer(client)).rejects.toThrow()
  })
})

describe('what a server says', () => {
  const GOOD = {
    redis_version: '7.2.4',
    maxmemory: '0',
    maxmemory_policy: 'allkeys-lru',
    aof_enabled: '1',
    aof_last_write_status: 'ok',
    role: 'master',
  }
  const codes = (changes: object) => {
    const lines = Object.entries({ ...GOOD, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}:${value}`,
    )
    return problemsOf({ info: `# Server\r\n${lines.join('\r\n')}\r\n` }).map(({ code }) => code)
  }

  it.each([
    [{}, []],
    [{ redis_version: '8.0.0' }, []],
    [{ redis_version: '6.2.14' }, ['too_old']],
    [{ redis_version: 'unknown' }, ['too_old']],
    [{ maxmemory: '1000' }, ['evicts']],
    [{ maxmemory: '1000', maxmemory_policy: 'volatile-ttl' }, ['evicts']],
    [{ maxmemory: '1000', maxmemory_policy: 'noeviction' }, []],
    [{ aof_enabled: '0' }, ['not_persistent']],
    [{ aof_last_write_status: 'err' }, ['not_persistent']],
    [{ role: 'sentinel' }, ['replica']],
    [{ role: undefined }, ['not_told']],
    [{ maxmemory_policy: undefined, aof_enabled: undefined }, ['not_told']],
  ])('with %j has the problems %j', (changes, problems) => {
    expect(codes(changes)).toEqual(problems)
  })
})
