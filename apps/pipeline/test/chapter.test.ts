import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair, mintIdentity } from '@writ/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { searchFolder, type Trial, type tellPipeline } from '../src/index.ts'

vi.setConfig({ testTimeout: 60_000 })

it.skipIf(process.platform === 'win32')(
  'the chapter of the demo tells what was promised, in less than 20 seconds, and leaves nothing behind',
  async () => {
    const foldersOf = () => readdirSync(tmpdir()).filter((name) => name.startsWith('writ-chapter-'))
    const before = new Set(foldersOf())
    const { tellPipeline: tell } = (await import('pipeline')) as { tellPipeline: typeof tellPipeline }
    const began = performance.now()
    const [scenes, told]: [string[], Trial[]] = [[], []]
    const { kept, trials } = await tell({
      scene: (title) => void scenes.push(title),
      told: (trial) => void told.push(trial),
    })
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(trials.filter((trial) => !trial.kept)).toEqual([])
    expect([kept, scenes.length]).toEqual([true, 4])
    expect(told).toEqual(trials)
    expect(Math.max(...trials.map(({ tried }) => tried.length))).toBeLessThanOrEqual(43)
    expect(
      trials.map(({ tried, at, code }) => `${tried}: ${code === undefined ? 'passed' : `${code} at the ${at}`}`),
    ).toEqual([
      'build writes the artifact: passed',
      'test reads the artifact: passed',
      'publish publishes the package: passed',
      'deploy reads the deploy key: passed',
      'asks for the right to publish: not_granted at the authority',
      'asks for the right to read the deploy key: not_granted at the authority',
      'asks to replace the artifact: not_granted at the authority',
      'publishes with what it has: wrong_resource at the depot',
      'reads the deploy key with what it has: wrong_resource at the depot',
      'shows its identity to the depot: wrong_kind at the depot',
      'asks the authority as deploy: invalid_request at the authority',
      'hands its identity on to deploy: not_delegatable at the token',
      'starts a job below itself: not_delegatable at the token',
      'asks for a longer life: not_refreshable at the authority',
      'ends deploy, so that nobody deploys: invalid_request at the authority',
      'looks for tokens of others: nothing_found at the machine',
      'the runner comes to deploy: skipped at the runner',
      'a runner that was changed deploys: unknown_subject at the authority',
      expect.stringMatching(/^\d\d copies are used while their jobs run: passed$/),
      expect.stringMatching(/^\d\d copies are used after the runs: over at the depot$/),
      'everything is searched for tokens: nothing_found at the machine',
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
  const { files, found } = await searchFolder(join(folder, '..', folder.split('/').at(-1) as string))
  expect(files).toBe(3)
  expect(found.map(({ file, kind }) => [file.split('/').at(-1), kind]).toSorted()).toEqual([
    ['binary', 'token'],
    ['key', 'private key'],
  ])
})
