import type { Client } from '@writ/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type LateEnd, startRun } from '../src/index.ts'
import { startAuthority } from './support/start-authority.ts'

vi.setConfig({ testTimeout: 30_000 })

async function start(expiresIn: string | number = '10m') {
  const authority = await startAuthority()
  const client = authority.clientOf('ci:acme')
  onTestFinished(() => client.close())
  const late: LateEnd[] = []
  const identity = await client.identity()
  const now = () => Date.now() / 1000 + authority.clock.ahead
  const run = await startRun({ client, keys: authority.keys, identity, now, onLate: (one) => void late.push(one) })
  return { authority, identity, run, late, job: await run.job('test', { expiresIn: expiresIn as never }) }
}

describe('while the authority is away', () => {
  it('jobs are started and end; it is told when it is back, and both are said', async () => {
    const { authority, run, job, late } = await start()
    const token = job.identity()
    await authority.stop()
    const second = await run.job('test')
    await Promise.all([job.end('succeeded'), second.end('failed')])
    expect(late.map(({ subject, revokedAt }) => [subject, revokedAt])).toEqual([
      [job.subject, undefined],
      [second.subject, undefined],
    ])
    await authority.restart()
    await vi.waitFor(() => expect(late).toHaveLength(4), { timeout: 15_000 })
    expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
    const report = await run.end()
    expect(report.late.map(({ subject }) => subject)).toEqual([job.subject, second.subject])
    for (const { endedAt, revokedAt = 0 } of report.late) expect(revokedAt).toBeGreaterThan(endedAt)
    expect(report.jobs.map(({ revokedAt }) => revokedAt)).toEqual(report.late.map(({ revokedAt }) => revokedAt))
  })

  it('a run ends in the time that it is given, and says what lives until when', async () => {
    const { authority, identity, run, job } = await start()
    const token = job.identity()
    await authority.stop()
    const began = performance.now()
    const { jobs, late } = await run.end({ within: '1s' })
    expect(performance.now() - began).toBeLessThan(5000)
    expect(late).toEqual([
      { subject: job.subject, endedAt: expect.any(Number), expiresAt: job.expiresAt, revokedAt: undefined },
      { subject: run.subject, endedAt: expect.any(Number), expiresAt: run.expiresAt, revokedAt: undefined },
    ])
    expect(jobs).toMatchObject([{ outcome: 'killed', revokedAt: undefined }])
    // What was said is true: it lives until then, and not a second longer.
    await authority.restart()
    authority.clock.ahead = job.expiresAt - Math.floor(Date.now() / 1000)
    expect(await authority.mint(token, 'reports', 'write')).not.toBe('allowed')
    authority.clock.ahead = run.expiresAt - Math.floor(Date.now() / 1000)
    expect(await authority.mint(identity, 'reports', 'write')).not.toBe('allowed')
  })

  it('one that takes requests and never answers keeps no run from ending in its time', async () => {
    const { authority } = await start()
    const client = authority.clientOf('ci:acme')
    const hanging: Pick<Client, 'identity' | 'endIdentity'> = {
      identity: () => client.identity(),
      endIdentity: () => new Promise(() => undefined),
    }
    const run = await startRun({ client: hanging, keys: authority.keys, identity: await client.identity() })
    const [one, other] = [await run.job('test'), await run.job('test')]
    void one.end('succeeded')
    const began = performance.now()
    const { late, jobs } = await run.end({ within: '1s' })
    expect(performance.now() - began).toBeLessThan(5000)
    expect(late.map(({ subject }) => subject)).toEqual([one.subject, other.subject, run.subject])
    expect(jobs.map(({ revokedAt }) => revokedAt)).toEqual([undefined, undefined])
    client.close()
  })

  it('what has ended by itself is not revoked any more', async () => {
    const { authority, run, job, late } = await start('1m')
    await authority.stop()
    await job.end('succeeded')
    expect(late).toHaveLength(1)
    authority.clock.ahead = 61
    await authority.restart()
    const report = await run.end()
    expect(report.jobs).toMatchObject([{ subject: job.subject, revokedAt: undefined }])
    const names = (await authority.feed()).map(({ value }) => value)
    expect(names).not.toContain(job.subject)
  })

  it('somebody who listens and throws keeps nobody from being ended', async () => {
    const { authority } = await start()
    const client = authority.clientOf('ci:acme')
    const onLate = () => {
      throw new Error('nobody logs this')
    }
    const run = await startRun({ client, keys: authority.keys, onLate })
    const job = await run.job('test')
    const token = job.identity()
    await authority.stop()
    await job.end('succeeded')
    await authority.restart()
    const { late } = await run.end()
    expect(late).toMatchObject([{ subject: job.subject, revokedAt: expect.any(Number) }])
    expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
    client.close()
  })
})

it('a run whose identity was revoked by somebody else has ended already, and says nothing late', async () => {
  const { authority, identity, run, job } = await start()
  const other = authority.clientOf('ci:acme')
  await other.endIdentity({ identity })
  const token = job.identity()
  await job.end('succeeded')
  expect(await run.end()).toMatchObject({ late: [], jobs: [{ revokedAt: expect.any(Number) }] })
  expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
  other.close()
})
