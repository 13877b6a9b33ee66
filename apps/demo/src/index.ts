import { parseArgs } from 'node:util'
import { DemoError } from './demo-error.ts'
import { exitOnSignals } from './exit-on-signals.ts'
import { createPage } from './print/page.ts'
import { type DemoOptions, runDemo } from './run-demo.ts'
import { SECTIONS } from './steps.ts'

exitOnSignals()
// Whoever reads has read enough, as in `npm run demo | head`.
process.stdout.on('error', () => process.exit(1))
try {
  const { env, stdout } = process
  const page = createPage({ env, isTTY: stdout.isTTY, columns: stdout.columns }, (line) => console.log(line))
  const { exitCode } = await runDemo(SECTIONS, page, readOptions())
  process.exitCode = exitCode
} catch (error) {
  console.error(error instanceof DemoError ? `✗ ${error.message}` : error)
  process.exitCode = 1
}

function readOptions(): DemoOptions {
  try {
    return parseArgs({ options: { table: { type: 'boolean' }, keep: { type: 'boolean' } } }).values
  } catch (cause) {
    throw new DemoError('usage: npm run demo -- [--table] [--keep]', { cause })
  }
}
