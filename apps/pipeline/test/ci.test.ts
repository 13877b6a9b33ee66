import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type ClientError, createClient } from '@writ/client'
import { inspect } from '@writ/core'
import { findSecrets } from '@writ/pipeline'
import { describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { AUDIENCE, type Claims, GITHUB, GITLAB, startIssuer } from './support/start-issuer.ts'
import { startSystem } from './support/start-system.ts'

vi.setConfig({ testTimeout: 60_000 })

const WRIT = fileURLToPath(import.meta.resolve('@writ/cli/main'))
const ACTION = fileURLToPath(new URL('../../../.github/actions/exec/action.yml', import.meta.url))
const jobOf = (name: string) => fileURLToPath(new URL(`../dist/jobs/${name}.js`, import.meta.url))

async function start() {
  const issuer = await startIssuer()
  const system = await startSystem((policy) =>
    policy
      .replace('https://token.actions.githubusercontent.com', issuer.issuerOf('github'))
      .replace('https://gitlab.com', issuer.issuerOf('gitlab')),
  )
  /** Who an assertion is, for the authority. */
  const exchange = async (platform: 'github' | 'gitlab', claims: Claims) => {
    const assertion = await issuer.sign(platform, claims)
    const { url, keys } = system
    const client = createClient({ url, keys, identity: { assertion: () => assertion } })
    try {
      return (await inspect(await client.identity())).subject
    } catch (error) {
      return (error as ClientError).problem
    } finally {
      client.close()
    }
  }
  return { issuer, system, exchange }
}

async function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
) {
  const child = spawn(program, args, { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  const written = Promise.all([text(child.stdout), text(child.stderr)])
  const [exitCode] = (await once(child, 'close')) as [number | null]
  const [stdout, stderr] = await written
  return { exitCode, stdout, stderr }
}

describe('an assertion of GitHub Actions', () => {
  it.each([
    ['a push to main', {}, 'ci:acme:main'],
    ['a run that somebody has started on main', { event_name: 'workflow_dispatch' }, 'ci:acme:main'],
    ['a push to a branch', { ref: 'refs/heads/feature' }, 'ci:acme:branch'],
    ['a branch that is called like the path of main', { ref: 'refs/heads/refs/heads/main' }, 'ci:acme:branch'],
    ['a pull request', { ref: 'refs/pull/7/merge', event_name: 'pull_request' }, 'refused_credential'],
    ['a pull request that runs on main', { event_name: 'pull_request_target' }, 'refused_credential'],
    ['a tag', { ref: 'refs/tags/v1', ref_type: 'tag' }, 'refused_credential'],
    ['a schedule', { event_name: 'schedule' }, 'refused_credential'],
    ['a repository that has taken over the name', { repository_id: '9999' }, 'refused_credential'],
    ['an owner that has taken over the name', { repository_owner_id: '9999' }, 'refused_credential'],
    ['another audience', { aud: 'https://authority.mallory.example' }, 'refused_credential'],
    ['several audiences', { aud: [AUDIENCE, 'https://other.example'] }, 'refused_credential'],
    ['an hour ago', { iat: Math.floor(Date.now() / 1000) - 3600 }, 'refused_credential'],
    ['a number for an id', { repository_id: 5678 }, 'refused_credential'],
  ] as const)('about %s', async (_what, claims, subject) => {
    const { exchange } = await start()
    expect(await exchange('github', { ...GITHUB, ...claims })).toBe(subject)
  })
})

describe('an assertion of GitLab', () => {
  it.each([
    ['a push to main', {}, 'ci:acme:main'],
    ['a pipeline that somebody has started on main', { pipeline_source: 'web' }, 'ci:acme:main'],
    ['a push to a branch', { ref: 'feature', ref_protected: 'false' }, 'ci:acme:branch'],
    ['a push to main that is not protected', { ref_protected: 'false' }, 'ci:acme:branch'],
    ['a merge request', { pipeline_source: 'merge_request_event' }, 'refused_credential'],
    ['a tag', { ref: 'v1', ref_type: 'tag' }, 'refused_credential'],
    ['a project that has taken over the name', { project_id: '99' }, 'refused_credential'],
    ['a namespace that has taken over the name', { namespace_id: '99' }, 'refused_credential'],
    ['another audience', { aud: 'https://gitlab.com' }, 'refused_credential'],
  ] as const)('about %s', async (_what, claims, subject) => {
    const { exchange } = await start()
    expect(await exchange('gitlab', { ...GITLAB, ...claims })).toBe(subject)
  })

  it('is that of GitLab alone: another platform cannot say the same', async () => {
    const { issuer, exchange } = await start()
    expect(await exchange('github', GITLAB)).toBe('refused_credential')
    expect(await exchange('github', { ...GITLAB, iss: issuer.issuerOf('gitlab') })).toBe('ci:acme:main')
  })
})

describe.skipIf(process.platform === 'win32')('writ exec in a step', () => {
  const exec = (name: string, ...command: readonly string[]) => [
    WRIT,
    'exec',
    '--audience',
    AUDIENCE,
    '-n',
    name,
    '--',
    ...command,
  ]

  it('of GitHub Actions runs a job with an assertion for it alone, which the command cannot get', async () => {
    const { issuer, system } = await start()
    const environment = { ...system.environment, ...issuer.environmentOf(GITHUB) }
    const deployed = await run(process.execPath, exec('deploy', process.execPath, jobOf('deploy')), environment)
    expect(deployed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(deployed.stdout).toMatch(/^deployed web, with the key [0-9a-f]{8}\n$/)
    expect(issuer.audiences).toEqual([AUDIENCE])
    const shown = await run(process.execPath, exec('test', 'env'), environment)
    expect(shown.stdout).toMatch(/^WRIT_IDENTITY=/m)
    expect(shown.stdout).not.toContain('ACTIONS_ID_TOKEN')
    expect(findSecrets(shown.stdout).map(({ kind }) => kind)).toEqual(['token'])
  })

  it('of a branch deploys nothing', async () => {
    const { issuer, system } = await start()
    const environment = { ...system.environment, ...issuer.environmentOf({ ...GITHUB, ref: 'refs/heads/feature' }) }
    const refused = await run(process.execPath, exec('deploy', process.execPath, jobOf('deploy')), environment)
    expect([refused.exitCode, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toContain('unknown_subject')
  })

  it('of a pull request, or without the permission, runs nothing', async () => {
    const { issuer, system } = await start()
    const pull = { ...system.environment, ...issuer.environmentOf({ ...GITHUB, event_name: 'pull_request' }) }
    const refused = { exitCode: 125, stdout: '', stderr: 'writ: the authority refuses: refused_credential\n' }
    expect(await run(process.execPath, exec('test', 'env'), pull)).toEqual(refused)
    const denied = { ...pull, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'another' }
    const { exitCode, stderr } = await run(process.execPath, exec('test', 'env'), denied)
    expect([exitCode, stderr]).toEqual([125, expect.stringMatching(/^writ: /)])
    expect(stderr).not.toContain('another')
  })

  it('of GitLab takes the assertion of WRIT_ASSERTION, which is good once', async () => {
    const { issuer, system } = await start()
    const environment = { ...system.environment, WRIT_ASSERTION: await issuer.sign('gitlab', GITLAB) }
    const built = await run(process.execPath, exec('build', process.execPath, jobOf('build')), {
      ...environment,
      ARTIFACT: 'web',
    })
    expect(built).toEqual({ exitCode: 0, stdout: 'built web\n', stderr: '' })
    const again = await run(process.execPath, exec('build', 'env'), environment)
    expect(again).toMatchObject({ exitCode: 125, stdout: '' })
  })
})

describe.skipIf(process.platform === 'win32')('the action for GitHub Actions', () => {
  interface Action {
    readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>
    readonly runs: {
      readonly using: string
      readonly steps: readonly { readonly shell: string; readonly run: string; readonly env: Record<string, string> }[]
    }
  }

  /** Runs its step as GitHub does: inputs are filled into the environment, and bash runs the script as it stands. */
  async function runAction(
    inputs: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string | undefined>>,
    folder: string,
  ) {
    const { inputs: declared, runs } = parse(await readFile(ACTION, 'utf8')) as Action
    const [step] = runs.steps
    if (step === undefined || runs.using !== 'composite' || runs.steps.length > 1) throw new Error('another action')
    expect(step.run).not.toContain('${{')
    const inputOf = (name: string) =>
      inputs[name] ?? declared[name]?.default?.replace(/^\$\{\{ github\.job \}\}$/, 'deploy') ?? ''
    const filled = Object.entries(step.env).map(([name, value]) => [
      name,
      value.replace(/^\$\{\{ inputs\.([\w-]+) \}\}$/, (_, input: string) => inputOf(input)),
    ])
    const script = join(folder, 'step.sh')
    await writeFile(script, step.run)
    const bin = join(folder, 'bin')
    await mkdir(bin)
    await writeFile(
      join(bin, 'npx'),
      `#!/bin/sh\n[ "$1 $2" = "--yes @writ/cli@latest" ] || exit 99\nshift 2\nexec '${process.execPath}' '${WRIT}' "$@"\n`,
    )
    await chmod(join(bin, 'npx'), 0o755)
    const path = { PATH: `${bin}:${environment['PATH']}` }
    return run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      ...environment,
      ...path,
      ...Object.fromEntries(filled),
    })
  }

  it('runs a command as a job, and masks what it writes', async () => {
    const { issuer, system } = await start()
    const { WRIT_AUTHORITY_URL: _, WRIT_PUBLIC_KEY: __, ...rest } = system.environment
    const inputs = {
      run: `"${process.execPath}" "${jobOf('deploy')}" | cat\necho "token: $WRIT_IDENTITY; $WRIT_RUN$WRIT_JOB"`,
      authority: system.url,
      'public-key': system.keys,
      audience: AUDIENCE,
    }
    const ran = await runAction(inputs, { ...rest, ...issuer.environmentOf(GITHUB) }, system.folder)
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toMatch(/^deployed web, with the key [0-9a-f]{8}\ntoken: \[token]; \n$/)
    expect(ran.exitCode).toBe(0)
  })

  it('fails as its command does, and takes no input for a part of its script', async () => {
    const { issuer, system } = await start()
    const inputs = {
      run: 'false | true; echo not reached',
      authority: system.url,
      'public-key': system.keys,
      audience: AUDIENCE,
      job: 'test"; echo injected; "',
    }
    const injected = await runAction(inputs, { ...system.environment, ...issuer.environmentOf(GITHUB) }, system.folder)
    expect([injected.exitCode, injected.stdout]).toEqual([125, ''])
    expect(injected.stderr).toMatch(/^writ: name: must be/)
  })

  it('stops at the first command that fails', async () => {
    const { issuer, system } = await start()
    const inputs = {
      run: 'false | true\necho not reached',
      authority: system.url,
      'public-key': system.keys,
      audience: AUDIENCE,
    }
    const ran = await runAction(inputs, { ...system.environment, ...issuer.environmentOf(GITHUB) }, system.folder)
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' })
  })
})
