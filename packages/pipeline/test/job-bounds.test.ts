import {
  createIdentityVerifier,
  createRevocationList,
  delegateIdentity,
  generateKeyPair,
  inspect,
  mintIdentity,
  presentIdentity,
} from '@writ/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Job, startRun } from '../src/index.ts'

const NOW = 1_800_000_000
const LIFE = 600
const RUNS = process.env['WRIT_LONG'] === '1' ? 400 : 60
const keys = await generateKeyPair()
const verifierAt = (time: number) => createIdentityVerifier({ keys: keys.publicKey, now: () => time, cache: false })
const depthOf = (name: string) => name.split(':').length

/** A job that may start so many levels of jobs, its sibling, and the name of their run. */
async function startJob(maxDepth: number): Promise<{ job: Job; sibling: Job; parent: string }> {
  const identity = await mintIdentity({ subject: 'ci:acme', delegatable: true, now: () => NOW }, keys.privateKey)
  const revocation = createRevocationList()
  const run = await startRun({ revocation, keys: keys.publicKey, identity, now: () => NOW })
  const job = await run.job('test', { expiresIn: LIFE, maxDepth })
  return { job, sibling: await run.job('deploy', { expiresIn: LIFE, maxDepth: 2 }), parent: run.subject }
}

/** What somebody may try with a token that it holds. The new name is made from the one that the token has. */
const attempt = fc.record({
  act: fc.constantFrom('delegate', 'present', 'start'),
  name: fc.constantFrom(
    (own: string) => `${own}:x`,
    (own: string) => `${own}:x:y`,
    (own: string) => `${own}:x:y:z`,
    (own: string) => own,
    (own: string) => `${own}x:y`,
    (own: string) => own.split(':').slice(0, -1).join(':'),
    (own: string) => own.replace(':test:', ':deploy:'),
    () => 'ci:acme',
    () => 'ci:acme:deploy:0',
    () => 'ci:globex:test:0',
  ),
  expiresIn: fc.constantFrom(undefined, 1, LIFE - 1, LIFE, LIFE + 1, 86_400),
  maxDepth: fc.constantFrom(undefined, 0, 1, 2, 3, 9),
})
type Attempt = Parameters<Parameters<typeof attempt.map>[0]>[0]

/** What an attempt gives, or `undefined` if it is refused. */
async function tryIt(token: string, { act, name, expiresIn, maxDepth }: Attempt): Promise<string | undefined> {
  const now = () => NOW
  try {
    const { identity } = await verifierAt(NOW).verify(token)
    if (act === 'present') return await presentIdentity(token, keys.publicKey, { ...(expiresIn && { expiresIn }), now })
    if (act === 'delegate') {
      return await delegateIdentity(token, keys.publicKey, { identity: name(identity), expiresIn, maxDepth, now })
    }
    const run = await startRun({ revocation: createRevocationList(), keys: keys.publicKey, identity: token, now })
    return (await run.job('inner', { expiresIn, maxDepth })).identity()
  } catch (error) {
    // Anything else would be a fault of these tests, which then would try nothing.
    expect(['TypeError', 'CapabilityError', 'PipelineError']).toContain((error as Error).name)
    return undefined
  }
}

it('whatever a job does with its identity, nothing is a sibling, outlives it, or goes deeper than it may', async () => {
  let given = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 2 }),
      fc.array(attempt, { minLength: 1, maxLength: 6 }),
      async (maxDepth, attempts) => {
        const { job, sibling, parent } = await startJob(maxDepth)
        let held = job.identity()
        for (const one of attempts) {
          const token = await tryIt(held, one)
          if (token === undefined) continue
          given += 1
          held = token
          const { identity, expiresAt } = await verifierAt(NOW).verify(token)
          expect(identity === job.subject || identity.startsWith(`${job.subject}:`)).toBe(true)
          expect(depthOf(identity)).toBeLessThanOrEqual(depthOf(job.subject) + 2 * maxDepth)
          expect(expiresAt).toBeLessThanOrEqual(job.expiresAt)
          for (const other of [
            parent,
            sibling.subject,
            `${sibling.subject}:x`,
            'ci:acme:deploy:0',
            `${job.subject}x`,
          ]) {
            const refused = verifierAt(NOW).verify(token, { identity: other })
            await expect(refused, other).rejects.toMatchObject({ code: 'wrong_subject' })
          }
          const tooDeep = `${job.subject}${':x'.repeat(2 * maxDepth + 1)}`
          await expect(verifierAt(NOW).verify(token, { identity: tooDeep })).rejects.toMatchObject({
            code: 'wrong_subject',
          })
          await expect(verifierAt(job.expiresAt).verify(token)).rejects.toMatchObject({ code: 'expired' })
        }
      },
    ),
    { numRuns: RUNS },
  )
  // Those that are allowed: otherwise all of this would be about nothing.
  expect(given).toBeGreaterThan(RUNS / 4)
})

it('no run gives a job a longer life, a deeper one, or one of somebody else than its identity has', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2 * LIFE }),
      fc.integer({ min: 0, max: 4 }),
      fc.oneof(fc.constantFrom('shard', 'a-1', 'deploy'), fc.string({ maxLength: 12, unit: 'grapheme' })),
      async (expiresIn, maxDepth, name) => {
        const { job } = await startJob(2)
        const revocation = createRevocationList()
        const options = { revocation, keys: keys.publicKey, identity: job.identity(), now: () => NOW }
        const run = await startRun(options)
        const isAllowed = expiresIn <= LIFE && maxDepth <= 1 && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)
        const started = await run.job(name, { expiresIn, maxDepth }).catch((error: Error) => error)
        expect('subject' in started).toBe(isAllowed)
        if (!('subject' in started)) {
          expect(started).toBeInstanceOf(TypeError)
          return
        }
        const inner = started
        expect(inner.subject.startsWith(`${job.subject}:${name}:`)).toBe(true)
        expect(inner.expiresAt).toBe(NOW + expiresIn)
        expect((await inspect(inner.identity())).expiresAt).toBe(NOW + expiresIn)
      },
    ),
    { numRuns: RUNS * 2 },
  )
})
