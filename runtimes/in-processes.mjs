// Programs that run a file: Node, Bun and Deno.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Runs the suite under each program, `{ name, program, args }`, and calls `tell(name, outcome)`. */
export async function inProcesses(programs, tell) {
  for (const program of programs) tell(program.name, await runIn(program, 'process'))
}

/**
 * Runs a runner under a program. The packages are not bundled: each program finds them as it finds any package.
 *
 * @param define - Names that the runner leaves to the bundler.
 */
export async function runIn({ program, args = [] }, runner, define = {}) {
  const outfile = join(here, 'dist', `${runner}.js`)
  await build({
    entryPoints: [join(here, 'runners', `${runner}.ts`)],
    outfile,
    define,
    bundle: true,
    packages: 'external',
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  })
  return run(program, [...args, outfile])
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
