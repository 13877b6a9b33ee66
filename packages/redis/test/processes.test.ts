import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { revocationIds } from '@writ/core'
import { createTestAuthority, type TestAuthority } from '@writ/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRedisRevocationList, createRedisUseLedger } from '../src/index.ts'
import { CLIENTS, type ClientName, type Connected } from './support/clients.ts'
import { describeWithRedis, newPrefix } from './support/redis.ts'
import { READ } from './support/tokens.ts'

describeWithRedis('verifiers in processes of their own', (url) => {
  const prefix = newPrefix()
  let authority: TestAuthority
  let services: ChildProcess[]
  let own: Connected

  beforeAll(async () => {
    authority = await createTestAuthority()
    own = await CLIENTS['redis 6'](url)
    services = (['redis 6', 'ioredis 6'] satisfies ClientName[]).map((name) =>
      fork(new URL('support/verifier-process.ts', import.meta.url), [name, url, prefix, authority.publicKey]),
    )
    await Promise.all(services.map((service) => once(service, 'message')))
  })
  afterAll(() => {
    own.close()
    for (const service of services) service.kill()
  })

  /** What each service says of a token, all asked at the same time. */
  function verdicts(token: string): Promise<string[]> {
    return Promise.all(
      services.map(async (service) => {
        const answer = once(service, 'message')
        service.send({ token, request: READ })
        return (await answer)[0]
      }),
    )
  }

  it('verifiers in other processes refuse a token that was revoked elsewhere', async () => {
    const token = await authority.mint(READ)
    expect(await verdicts(token)).toEqual(['allowed', 'allowed'])
    const list = createRedisRevocationList(own.client, { prefix: `${prefix}revoked:` })
    await list.revoke(revocationIds(token)[0]!, { expiresAt: authority.now() + 300 })
    expect(await verdicts(token)).toEqual(['revoked', 'revoked'])
  })

  it('of several processes that race for a single-use capability one gets it, fifty times', async () => {
    const singleUse = createRedisUseLedger(own.client, { prefix: `${prefix}facet:` })
    for (let round = 0; round < 50; round++) {
      const token = await authority.mint({ ...READ, singleUse })
      expect((await verdicts(token)).toSorted()).toEqual(['allowed', 'already_used'])
    }
  })

  it('processes end when their clients are closed: no timer is left', async () => {
    const codes = await Promise.all(
      services.map(async (service) => {
        const exit = once(service, 'exit')
        service.disconnect()
        return (await exit)[0]
      }),
    )
    expect(codes).toEqual([0, 0])
  })
})
