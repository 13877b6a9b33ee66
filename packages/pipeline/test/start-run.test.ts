import { delegateIdentity } from '@writ/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type JobOptions, PipelineError, type RunOptions, startRun } from '../src/index.ts'
import { startAuthority } from './support/start-authority.ts'

const START = 1_800_000_000

async function start(options: Partial<RunOptions> = {}) {
  const authority = await startAuthority()
  const client = authority.clientOf('ci:acme')
  onTestFinished(() => client.close())
  const identity = await client.identity()
  const run = await startRun({ client, keys: authority.keys, identity, ...options })
  return { authority, client, identity, run }
}

describe('a run', () => {
  it('gives each job an identity below its own, for which the authority mints what the policy gives to that job', async () => {
    const { authority, run } = await start()
    const test = await run.job('test', { expiresIn: '1m' })
    expect(test.subject).toBe(`ci:acme:test:${run.id}-1`)
    expect(run.id).toMatch(/^[0-9a-f]{16}$/)
    expect(await authority.mint(test.identity(), 'reports', 'write')).toBe('allowed')
    expect(await authority.mint(test.identity(), 'secrets', 'read')).toBe('not_granted')
    const deploy = await run.job('deploy')
    expect(await authority.mint(deploy.identity(), 'secrets', 'read')).toBe('allowed')
    await run.end()
  })

  it('gives two jobs of one name two identities', async () => {
    const { authority, run } = await start()
    const [one, two] = [await run.job('test'), await run.job('test')]
    const ended = one.identity()
    await one.end('failed')
    expect(await authority.mint(ended, 'reports', 'write')).toBe('refused_credential')
    expect(await authority.mint(two.identity(), 'reports', 'write')).toBe('allowed')
    await run.end()
  })

  it('starts a thousand jobs without a call to the authority, and ends them with a few', async () => {
    const { authority, run } = await start()
    const before = authority.asked.length
    const jobs = await Promise.all(Array.from({ length: 1000 }, () => run.job('test')))
    expect(authority.asked.length - before).toBe(0)
    expect(new Set(jobs.map(({ subject }) => subject)).size).toBe(1000)
    await Promise.all(jobs.map((job) => job.end('succeeded')))
    expect(authority.asked.slice(before)).toEqual(Array(10).fill('/v1/identities/end'))
    const { jobs: ended, late } = await run.end()
    expect(late).toEqual([])
    expect(ended.every(({ revokedAt }) => revokedAt !== undefined)).toBe(true)
  })

  it('ends with its identity, and all jobs with it, in one call', async () => {
    const { authority, client, identity, run } = await start()
    const jobs = [await run.job('test'), await run.job('deploy')]
    const tokens = jobs.map((job) => job.identity())
    const before = authority.asked.length
    const report = await run.end()
    expect(authority.asked.slice(before)).toEqual(['/v1/identities/end'])
    expect(report.jobs.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['test', 'killed'],
      ['deploy', 'killed'],
    ])
    expect(report.late).toEqual([])
    for (const token of [identity, ...tokens]) {
      expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
    }
    await expect(run.job('test')).rejects.toMatchObject({ name: 'PipelineError', code: 'ended', job: 'test' })
    expect(await run.end()).toBe(report)
    client.close()
  })

  it('with the identity of the client ends its jobs, and the client goes on', async () => {
    const { authority, client, run } = await start({ identity: undefined })
    const token = (await run.job('test')).identity()
    await run.end()
    expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
    const next = await startRun({ client, keys: authority.keys })
    expect(await authority.mint((await next.job('test')).identity(), 'reports', 'write')).toBe('allowed')
    await next.end()
  })

  it('refuses an identity that may not be delegated, and one that is not good', async () => {
    const { authority, identity } = await start()
    const { keys } = authority
    const globex = authority.clientOf('ci:globex')
    await expect(startRun({ client: globex, keys })).rejects.toThrow(/^identity: may not be delegated to jobs/)
    const closed = await delegateIdentity(identity, keys, { identity: 'ci:acme:test:x', maxDepth: 0 })
    await expect(startRun({ client: globex, keys, identity: closed })).rejects.toThrow(/^identity: may not be/)
    const later = () => Date.now() / 1000 + 7200
    await expect(startRun({ client: globex, keys, identity, now: later })).rejects.toMatchObject({ code: 'expired' })
    globex.close()
  })

  it.each([
    [{ client: undefined }, /^client: is required, or else revocation/],
    [{ revocation: { revokeActor() {}, async revokeToken() {} } }, /^client: is required, or else revocation/],
    [{ client: undefined, revocation: {}, identity: undefined }, /^identity: is required/],
    [{ identity: '' }, /^identity: must be an identity token/],
    [{ onLate: true }, /^onLate: must be a function/],
    [{ jobs: 7 }, /^jobs: unknown/],
  ])('refuses the options %j', async (options, message) => {
    await expect(start(options as object)).rejects.toThrow(message)
  })
})

describe('a job', () => {
  it('ends for the authority as soon as it ends: its identity, and what was minted for it', async () => {
    const { authority, run } = await start()
    const job = await run.job('test', { expiresIn: '10m' })
    const token = job.identity()
    expect(await authority.mint(token, 'reports', 'write')).toBe('allowed')
    await job.end('succeeded')
    expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
    const feed = await authority.feed()
    expect(feed.map(({ type }) => type)).toEqual(['actor', 'token'])
    expect(feed[0]).toMatchObject({ value: job.subject, expiresAt: run.expiresAt })
    expect(() => job.identity()).toThrow(PipelineError)
    expect(() => job.environment()).toThrow(PipelineError)
    expect(() => job.start('true')).toThrow(PipelineError)
    await run.end()
  })

  it('ends once: what is said later changes nothing', async () => {
    const { run } = await start()
    const job = await run.job('test')
    await Promise.all([job.end('succeeded'), job.end('failed')])
    expect(await job.ended).toBe('succeeded')
    const { jobs } = await run.end()
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['succeeded'])
  })

  it('is started when the jobs that it needs have succeeded, and not at all if one has not', async () => {
    const { run } = await start()
    const [build, test] = [await run.job('build'), await run.job('test')]
    const order: string[] = []
    const waiting = run.job('deploy', { needs: [build, test] }).then(() => order.push('deploy'))
    order.push('build')
    await build.end('succeeded')
    order.push('test')
    await test.end('succeeded')
    await waiting
    expect(order).toEqual(['build', 'test', 'deploy'])
    const flaky = await run.job('test')
    const waits = run.job('deploy', { needs: [build, flaky] })
    const refused = expect(waits).rejects.toMatchObject({ code: 'needs_unmet', job: 'test' })
    await flaky.end('failed')
    await refused
    await run.end()
  })

  it('that waits when its run ends is never started', async () => {
    const { run } = await start()
    const build = await run.job('build')
    const waiting = run.job('deploy', { needs: [build] })
    const refused = expect(waiting).rejects.toMatchObject({ code: 'needs_unmet', job: 'build' })
    await run.end()
    await refused
  })

  it('that is being started when its run ends is started for nobody', async () => {
    const ending: { act?: () => void } = {}
    const now = () => {
      const { act } = ending
      delete ending.act
      act?.()
      return Date.now() / 1000
    }
    const { run } = await start({ now })
    ending.act = () => void run.end()
    await expect(run.job('test')).rejects.toMatchObject({ code: 'ended', job: 'test' })
    expect((await run.end()).jobs).toEqual([])
  })

  it('that ends while the authority is told of another one has ended when it says so', async () => {
    const { authority, run } = await start()
    const [one, other] = [await run.job('test'), await run.job('test')]
    const token = other.identity()
    const before = authority.asked.length
    const first = one.end('succeeded')
    await vi.waitFor(() => expect(authority.asked.length).toBe(before + 1), { interval: 1 })
    await other.end('succeeded')
    expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
    await first
    await run.end()
  })

  it('needs jobs of its own run', async () => {
    const { run, client, authority } = await start()
    const other = await startRun({ client, keys: authority.keys })
    const needs = [await other.job('test')]
    await expect(run.job('deploy', { needs })).rejects.toThrow(/^needs: must be jobs of this run/)
    await other.end()
    await run.end()
  })

  it.each([
    ['an empty name', '', {}, /^name: /],
    ['two segments', 'test:deploy', {}, /^name: /],
    ['a path', '../deploy', {}, /^name: /],
    ['a line break', 'test\n', {}, /^name: /],
    ['a long name', 'x'.repeat(65), {}, /^name: /],
    ['a life that outlives the run', 'test', { expiresIn: '2h' }, /^expiresIn: ends after the token/],
    ['a life of nothing', 'test', { expiresIn: 0 }, /^expiresIn: /],
    ['a depth that is none', 'test', { maxDepth: -1 }, /^maxDepth: /],
    ['an unknown option', 'test', { depth: 1 }, /^depth: unknown/],
  ])('is refused with %s', async (_what, name, options, message) => {
    const { run } = await start()
    await expect(run.job(name, options as JobOptions)).rejects.toThrow(message)
    await run.end()
  })

  it('lives for ten minutes by default, and not longer than its run', async () => {
    const { authority, identity, client } = await start()
    const run = await startRun({ client, keys: authority.keys, identity })
    const [seconds, job] = [Math.floor(Date.now() / 1000), await run.job('test')]
    expect(job.expiresAt - seconds).toBeGreaterThanOrEqual(600)
    expect(job.expiresAt - seconds).toBeLessThanOrEqual(601)
    const late = await startRun({ client, keys: authority.keys, identity, now: () => run.expiresAt - 5 })
    expect((await late.job('test')).expiresAt).toBe(run.expiresAt)
    await run.end()
  })

  it('may start jobs of its own, as deep as its run says, and they end with it', async () => {
    const { authority, run } = await start()
    const job = await run.job('test', { maxDepth: 1 })
    const inner = authority.clientWith(job.identity())
    const nested = await startRun({ client: inner, keys: authority.keys })
    const shard = await nested.job('shard')
    expect(shard.subject).toBe(`${job.subject}:shard:${nested.id}-1`)
    expect(await authority.mint(shard.identity(), 'reports', 'write')).toBe('allowed')
    await expect(nested.job('shard', { maxDepth: 1 })).rejects.toThrow(/^maxDepth: is more than the token leaves/)
    const token = shard.identity()
    await job.end('succeeded')
    expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
    inner.close()
    await run.end()
  })
})

it('a run of an engine in this process ends its identities in the list that the engine asks', async () => {
  const { createRevocationList, generateKeyPair } = await import('@writ/core')
  const { createEngine, parsePolicy } = await import('@writ/engine')
  const keys = await generateKeyPair()
  const revocation = createRevocationList()
  const policy = parsePolicy(`
    [[objects]]
    id = "ci:acme"
    can_delegate = true
    subordinates = "inherit"
    identity = { delegatable = true }
    capabilities = [{ target = "reports", operations = ["write"] }]
  `)
  const now = () => START
  const engine = createEngine({ policy, keys, revocation, now })
  const identity = await engine.mintIdentity({ subject: 'ci:acme' })
  const run = await startRun({ revocation, keys: keys.publicKey, identity, now })
  const job = await run.job('test')
  const ask = { identity: job.identity(), target: 'reports', operation: 'write' }
  expect((await engine.mint(ask)).capability).toBeTypeOf('string')
  await job.end('succeeded')
  await expect(engine.mint(ask)).rejects.toMatchObject({ step: 'subject', code: 'wrong_identity' })
  const other = await run.job('test')
  const late = { ...ask, identity: other.identity() }
  expect((await run.end()).jobs).toMatchObject([{ revokedAt: START }, { revokedAt: START, outcome: 'killed' }])
  await expect(engine.mint(late)).rejects.toMatchObject({ code: 'wrong_identity' })
})
