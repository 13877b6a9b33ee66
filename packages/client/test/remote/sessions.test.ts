import { serveAuthority } from '@writ/authority'
import { createIdentityVerifier, delegateIdentity, inspect } from '@writ/core'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { type Client, createClient } from '../../src/index.ts'
import { newFolder } from './serve.ts'

const POLICY = `
[[objects]]
id = "agent:alice"
can_delegate = true
subordinates = "inherit"
identity = { ttl = 3600, delegatable = true }
capabilities = [{ target = "crm", operations = ["read"] }, { target = "mail", operations = ["send"] }]
[[objects]]
id = "agent:mallory"
[classifications]
crm = ["pii:customer"]
[[exposure_rules]]
labels = ["pii:*"]
blocks = ["mail"]
`
const CRM = { target: 'crm', operation: 'read' }
const MAIL = { target: 'mail', operation: 'send' }

let keys: string
let alice: Client
let mallory: Client

beforeEach(async () => {
  const authority = await serveAuthority({ folder: await newFolder(), port: 0, initial: { policy: POLICY } })
  keys = await authority.publicKey()
  const enrol = async (subject: string) => {
    const { secret } = await authority.enrol({ subject })
    return createClient({ url: authority.url, keys, identity: { secret } })
  }
  ;[alice, mallory] = await Promise.all([enrol('agent:alice'), enrol('agent:mallory')])
  onTestFinished(async () => {
    for (const client of [alice, mallory]) client.close()
    await authority.close()
  })
})

it('what a session has seen precludes capabilities, also with an older copy of its context', async () => {
  const context = await alice.openContext({ expiresIn: '10m' })
  const before = await alice.mint({ ...MAIL, context })
  await alice.mint({ ...CRM, context })
  for (const copy of [context, before.context]) {
    const refused = alice.mint({ ...MAIL, context: copy })
    await expect(refused).rejects.toMatchObject({ code: 'refused', step: 'exposure', reason: 'exposed' })
  }
})

it('an exposure that the client reports precludes as well', async () => {
  const context = await alice.openContext()
  const next = await alice.addExposure(context, { exposures: ['pii:email'], source: 'search' })
  expect((await inspect(next, keys)).kind).toBe('context')
  for (const copy of [context, next])
    await expect(alice.mint({ ...MAIL, context: copy })).rejects.toMatchObject({ reason: 'exposed' })
})

it('a session that has seen a hundred things goes on, with a context of several kilobytes', async () => {
  const exposures = Array.from({ length: 100 }, (_, index) => `seen:${index}`)
  const long = await alice.addExposure(await alice.openContext(), { exposures, source: 'search' })
  expect(long.length).toBeGreaterThan(4096)
  const next = await alice.addExposure(long, { exposures: ['pii:email'], source: 'search' })
  await expect(alice.mint({ ...MAIL, context: next })).rejects.toMatchObject({ reason: 'exposed' })
})

it('a client for a delegated identity is in the session of the one who delegated it', async () => {
  const options = { identity: 'agent:alice:helper', expiresIn: '5m', maxDepth: 0 } as const
  const delegated = await delegateIdentity(await alice.identity(), keys, options)
  const helper = alice.as(() => delegated)
  onTestFinished(() => helper.close())
  const context = await alice.openContext()
  const { subject } = await helper.mint({ ...CRM, context })
  expect(subject).toBe('agent:alice:helper')
  await expect(alice.mint({ ...MAIL, context })).rejects.toMatchObject({ reason: 'exposed' })
  helper.close()
  expect((await createIdentityVerifier({ keys }).verify(await alice.identity())).identity).toBe('agent:alice')
})

it('the context of somebody else is refused', async () => {
  const context = await alice.openContext()
  await expect(mallory.mint({ ...CRM, context })).rejects.toMatchObject({ code: 'refused' })
  const report = { exposures: ['pii:email'], source: 'search' }
  await expect(mallory.addExposure(context, report)).rejects.toMatchObject({ code: 'refused', reason: 'wrong_context' })
})

it.each([
  [{ exposures: [], source: 'crm' }, 'report.exposures: must be a list of labels that is not empty'],
  [{ exposures: ['a', ''], source: 'crm' }, 'report.exposures[1]: must be a text that is not empty'],
  [{ exposures: 'pii', source: 'crm' }, 'report.exposures: must be a list of labels that is not empty'],
  [{ exposures: ['a'] }, 'report.source: must be a text that is not empty'],
  [{ exposures: ['a'], source: 'crm', more: 1 }, 'report.more: unknown, must be one of exposures, source'],
])('a report %j is refused before anything is sent', async (report, message) => {
  await expect(alice.addExposure('context', report as never)).rejects.toThrow(message)
})

it('a closed client opens nothing, and what is wrong is named', async () => {
  await expect(alice.openContext({ expires: 5 } as never)).rejects.toThrow('opening.expires: unknown')
  await expect(alice.addExposure('', { exposures: ['a'], source: 'crm' })).rejects.toThrow('context: must be a text')
  expect(() => alice.as(7 as never)).toThrow(
    'identity: must be an identity token, a function, { secret } or { assertion }',
  )
  alice.close()
  await expect(alice.openContext()).rejects.toMatchObject({ code: 'closed' })
})
