// Runs one suite over the built core, one over the client, and one over @writ/device, on every runtime that they claim; the last line is `N passed, N failed, N skipped`.

import { clientEverywhere } from '../../runtimes/client-everywhere.mjs'
import { buildSuite } from '../../runtimes/device/build-suite.mjs'
import { chromiumMissing, inChromium } from '../../runtimes/in-chromium.mjs'
import { inProcesses } from '../../runtimes/in-processes.mjs'
import { inQuickJs } from '../../runtimes/in-quickjs.mjs'
import { inWorkerd } from '../../runtimes/in-workerd.mjs'
import { inXs } from '../../runtimes/in-xs.mjs'
import { runtimes } from './runtimes.mjs'
import { xs } from './xs.mjs'

const total = { passed: 0, failed: 0, skipped: 0 }

function tell(name, outcome) {
  const { passed } = outcome
  // A suite that ran no case has proven nothing.
  const failures = passed + outcome.failures.length === 0 ? ['no case ran'] : outcome.failures
  for (const failure of failures) console.log(`FAILED  ${name}: ${failure}`)
  console.log(`${name}: ${passed} passed, ${failures.length} failed`)
  total.passed += passed
  total.failed += failures.length
}

async function attempt(name, work) {
  try {
    await work()
  } catch (error) {
    tell(name, { passed: 0, failures: [`does not run: ${error.stack ?? error}`] })
  }
}

/** Nothing is allowed that is not asked for: Deno has no permissions, Bun installs nothing. */
const args = { bun: ['--no-install'], deno: ['run', '--no-prompt', '--no-remote'] }
const others = ['node20', 'node22', 'node24', 'bun', 'deno']

const found = runtimes(others)
if (found.length === 0) total.skipped += 1
const own = { name: `node${process.versions.node.split('.')[0]}`, program: process.execPath }
const withArgs = (args) => [own, ...found.map((runtime) => ({ ...runtime, args: args[runtime.name] }))]

await attempt('processes', () => inProcesses(withArgs(args), tell))
await attempt('the client', () => {
  const programs = withArgs({ ...args, deno: [...args.deno, '--allow-net=127.0.0.1'] })
  // It needs Node 22.13.
  return clientEverywhere(
    programs.filter(({ name }) => name !== 'node20'),
    tell,
  )
})
await attempt('workerd', () => inWorkerd(tell))
await attempt('chromium', () => {
  const missing = chromiumMissing()
  if (missing === undefined) return inChromium(tell)
  console.log(`skipped: chromium, since ${missing}`)
  total.skipped += 1
})

await attempt('devices', async () => {
  const suite = await buildSuite()
  await inQuickJs(tell, suite)
  const program = xs()
  if (program !== undefined) inXs(program, tell, suite)
  else total.skipped += 1
})

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0
