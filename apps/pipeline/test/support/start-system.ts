import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { type ServedAuthority, serveAuthority } from '@writ/authority'
import { type Client, createClient, remoteKeys, remoteRevocations } from '@writ/client'
import { listen } from 'service-kit/testing'
import { onTestFinished } from 'vitest'
import { createApp } from '../../src/depot/create-app.ts'
import { readRules } from '../../src/rules.ts'

export interface TestSystem {
  readonly url: string
  readonly keys: string
  readonly depot: string
  readonly folder: string
  /** What the depot has decided. */
  readonly decisions: object[]
  enrol(subject: string): Promise<string>
  clientOf(subject: string): Client
  /** What a process of the pipeline is told. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Authority and depot in this process, with rules that a test may change. They end with the test. */
export async function startSystem(change = (policy: string) => policy): Promise<TestSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-app-'))
  const { initial } = await readRules()
  const limits = { credential: { burst: 1e6, perSecond: 1e6 } }
  const authority: ServedAuthority = await serveAuthority({
    folder: join(folder, 'authority'),
    port: 0,
    initial: { ...initial, policy: change(initial.policy) },
    limits,
    report: () => undefined,
  })
  const { url } = authority
  const keys = await authority.publicKey()
  const followed = remoteKeys(url, { pinned: keys })
  const revocation = remoteRevocations(url, { keys: followed })
  await revocation.ready()
  const decisions: object[] = []
  const secrets = new Map([
    ['deploy-key', 'the deploy key'],
    ['other-key', 'another key'],
  ])
  const app = createApp({ keys: followed, revocation, secrets, log: (entry) => void decisions.push(entry) })
  const depot = await listen(createAdaptorServer({ fetch: app.fetch }) as never)
  onTestFinished(async () => {
    await depot.close()
    await Promise.all([followed.close(), revocation.close()])
    await authority.close()
    await rm(folder, { recursive: true })
  })
  const enrol = async (subject: string) => (await authority.enrol({ subject })).secret
  return {
    url,
    keys,
    depot: depot.url,
    folder,
    decisions,
    enrol,
    clientOf: (subject) => createClient({ url, keys, identity: { secret: () => enrol(subject) } }),
    environment: {
      PATH: process.env['PATH'],
      WRIT_AUTHORITY_URL: url,
      WRIT_PUBLIC_KEY: keys,
      DEPOT_URL: depot.url,
    },
  }
}
