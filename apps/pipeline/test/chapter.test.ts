import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair, mintIdentity } from '@writ/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { searchFolder, type tellPipeline } from '../src/index.ts'

vi.setConfig({ testTimeout: 60_000 })

it.skipIf(process.platform === 'win32')(
  'the chapter of the demo tells what was promised, in less than 20 seconds, and leaves nothing behind',
  async () => {
    const foldersOf = () => readdirSync(tmpdir()).filter((name) => name.startsWith('writ-chapter-'))
    const before = new Set(foldersOf())
    const { tellPipeline: tell } = (await import('pipeline')) as { tellPipeline: typeof tellPipeline }
    const began = performance.now()
    const told: string[] = []
    const { kept, trials } = await tell(({ tried }) => void told.push(tried))
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(trials.filter((trial) => !trial.kept)).toEqual([])
    expect(kept).toBe(true)
    expect(told).toEqual(trials.map(({ tried }) => tried))
    expect(trials.map(({ tried, passed }) => `${passed ? 'passed' : 'stopped'}: ${tried}`)).toEqual([
      'passed: on main, build runs',
      'passed: on main, test runs',
      'passed: on main, publish runs',
      'passed: on main, deploy runs',
      'stopped: test, taken over, asks for the right to publish',
      'stopped: test, taken over, asks for the right to read the deploy key',
      'stopped: test, taken over, asks to replace the artifact that it tests',
      'stopped: test, taken over, publishes with the capability that it has',
      'stopped: test, taken over, reads the deploy key with the capability that it has',
      'stopped: test, taken over, shows its identity to the depot',
      'stopped: test, taken over, asks the authority as deploy',
      'stopped: test, taken over, delegates its identity to deploy',
      'stopped: test, taken over, starts a job below itself',
      'stopped: test, taken over, asks for a longer life',
      'stopped: test, taken over, ends deploy, so that nobody deploys',
      'stopped: test, taken over, looks for tokens in what the system shows of this run',
      'stopped: on a branch, deploy runs',
      'stopped: on a branch, a runner that starts it anyway deploys',
      expect.stringMatching(/^passed: while its job runs, each of (1\d|2\d) copied tokens is used$/),
      expect.stringMatching(/^stopped: after the runs, each of (1\d|2\d) copied tokens is used$/),
      'stopped: tokens are looked for on disk and in logs',
    ])
    expect(foldersOf().filter((name) => !before.has(name))).toEqual([])
  },
)

it('the search of a folder finds a token in a file of any kind, in any folder below', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'writ-search-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { privateKey } = await generateKeyPair()
  const token = await mintIdentity({ subject: 'ci:acme:main' }, privateKey)
  const bytes = Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(token), Buffer.from([0])])
  await writeFile(join(folder, 'binary'), bytes)
  await writeFile(join(folder, 'key'), privateKey)
  await writeFile(join(folder, 'nothing'), 'nothing')
  const found = await searchFolder(join(folder, '..', folder.split('/').at(-1) as string))
  expect(found.map(({ file, kind }) => [file.split('/').at(-1), kind]).toSorted()).toEqual([
    ['binary', 'token'],
    ['key', 'private key'],
  ])
})
