import { execFileSync, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const writ = (...args: readonly string[]) => execFileSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })

describe('writ completion', () => {
  it('suggests commands, options and the values of options', () => {
    expect(writ('complete', '--', 'pol')).toMatch(/^policy\t/)
    expect(writ('complete', '--', 'policy', 'te')).toMatch(/^test\t/)
    expect(writ('complete', '--', 'enrol', '--')).toContain('--subject\t')
    expect(writ('complete', '--', 'init', '--framework', '')).toMatch(/^express[\s\S]+nest/)
  })

  it('completes in bash', async ({ skip }) => {
    if (spawnSync('bash', ['--version']).status !== 0) return skip('needs bash')
    const folder = await newFolder()
    await writeFile(join(folder, 'writ'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 })
    const script = `
      source <(writ completion bash)
      COMP_WORDS=(writ rev) COMP_CWORD=1 COMP_LINE='writ rev' COMP_POINT=8
      __writ_complete
      echo "\${COMPREPLY[@]}"`
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
    const completed = execFileSync('bash', ['-c', script], { encoding: 'utf8', env })
    expect(completed).toContain('revoke')
  })

  it.each(['zsh', 'fish'])('prints a script for %s', (shell) => {
    expect(writ('completion', shell)).toContain('complete --')
  })

  it('names what it takes', async () => {
    expect(await runWrit(['completion', 'csh'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'writ: has a wrong argument. See writ --help\n',
    })
    expect((await runWrit(['completion'])).stderr).toBe('writ: needs an argument. See writ --help\n')
  })
})
