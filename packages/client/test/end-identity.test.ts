import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServedAuthority, serveAuthority } from '@writ/authority'
import { delegateIdentity } from '@writ/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Client, createClient, type EndIdentityRequest } from '../src/index.ts'
import { refusal } from './support/refusal.ts'
import { answering, startAuthority } from './support/start-authority.ts'

const POLICY = `
[[objects]]
id = "ci:acme"
can_delegate = true
subordinates = "inherit"
identity = { ttl = 3600, delegatable = true }
capabilities = [{ target = "packages", operations = ["publish"] }]
`
const PUBLISH = { target: 'packages', operation: 'publish' }
let authority: ServedAuthority
let keys: string
let folder: string
let client: Client

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-client-'))
  authority = await serveAuthority({ folder, port: 0, initial: { policy: POLICY }, report: () => undefined })
  keys = await authority.publicKey()
  client = createClient({
    url: authority.url,
    keys,
    identity: { secret: async () => (await authority.enrol({ subject: 'ci:acme' })).secret },
  })
})

afterEach(async () => {
  client.close()
  await authority.close()
  await rm(folder, { recursive: true })
})

const clientOf = (identity: string) => createClient({ url: authority.url, keys, identity })

it('names of jobs are ended, more than the authority takes at once', async () => {
  const names = Array.from({ length: 150 }, (_, n) => `ci:acme:job-${n}`)
  const [first, last] = (await Promise.all(
    [names[0], names[149]].map(async (identity = '') =>
      clientOf(await delegateIdentity(await client.identity(), keys, { identity })),
    ),
  )) as [Client, Client]
  await first.capabilityFor(PUBLISH)
  expect(await client.endIdentity({ names })).toEqual({ sequence: 151, added: 151 })
  for (const job of [first, last]) {
    expect(await refusal(job.mint(PUBLISH))).toMatchObject({ code: 'unauthenticated', status: 401 })
  }
  expect((await client.mint(PUBLISH)).subject).toBe('ci:acme')
})

it('the identity of another run is ended, and the client goes on with its own', async () => {
  const other = clientOf(await client.identity())
  const own = createClient({
    url: authority.url,
    keys,
    identity: { secret: (await authority.enrol({ subject: 'ci:acme' })).secret },
  })
  expect(await own.endIdentity({ identity: await client.identity() })).toMatchObject({ added: 1 })
  expect(await refusal(other.mint(PUBLISH))).toMatchObject({ code: 'unauthenticated' })
  expect((await own.mint(PUBLISH)).subject).toBe('ci:acme')
})

it('a client that has ended its identity gets another one, if it can', async () => {
  const before = await client.identity()
  await client.endIdentity()
  expect(await client.identity()).not.toBe(before)
  expect((await client.mint(PUBLISH)).subject).toBe('ci:acme')
})

it('what the authority does not end is an error', async () => {
  const names = ['ci:globex']
  expect(await refusal(client.endIdentity({ names }))).toMatchObject({ code: 'invalid_request' })
  await authority.close()
  expect(await refusal(client.endIdentity({ names }))).toMatchObject({ code: 'unavailable' })
  client.close()
  expect(await refusal(client.endIdentity({ names }))).toMatchObject({ code: 'closed' })
})

it('an answer that does not say what was ended is none', async () => {
  const other = await startAuthority()
  const { url, keys: pair, now } = other
  const asking = createClient({ url, keys: pair.publicKey, identity: await other.identity(), now })
  other.answerWith(answering(200, { done: true }))
  expect(await refusal(asking.endIdentity())).toMatchObject({ code: 'bad_answer' })
  await other.close()
})

it.each([
  [{ names: [] }, /^request\.names: /],
  [{ names: 'ci:acme:job' }, /^request\.names: /],
  [{ names: [''] }, /^request\.names: /],
  [{ identity: '' }, /^request\.identity: /],
  [{ name: 'ci:acme:job' }, /^request\.name: unknown/],
] as const)('%j is no request', async (request, message) => {
  await expect(client.endIdentity(request as unknown as EndIdentityRequest)).rejects.toThrow(message)
})
