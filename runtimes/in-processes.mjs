// Programs that run a file: Node, Bun and Deno.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * Runs the suite under each program, `{ name, program, args }`, and calls `tell(name, outcome)`. The package is not bundled: each
 * program finds it as it finds any package.
 */
export async function inProcesses(programs, tell) {
  const outfile = join(here, 'dist', 'process.js')
  await build({
    entryPoints: [join(here, 'runners', 'process.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  })
  for (const { name, program, args = [] } of programs) tell(name, run(program, [...args, outfile]))
}

function run(program, args) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd: here,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, NODE_OPTIONS: '', DENO_NO_UPDATE_CHECK: '1' },
  })
  if (status !== 0) {
    return {
      passed: 0,
      failures: [`does not run: ${error ?? signal ?? `exit code ${status}`}\n${[stdout, stderr].join('')}`],
    }
  }
  const { passed, failures } = JSON.parse(stdout)
  // Users did not ask for an experimental anything.
  return { passed, failures: stderr === '' ? failures : [...failures, `prints to stderr: ${stderr.trim()}`] }
}
