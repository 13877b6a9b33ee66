import { DemoError } from './demo-error.ts'
import { exitOnSignals } from './exit-on-signals.ts'
import { runDemo } from './run-demo.ts'
import { SECTIONS } from './steps.ts'

exitOnSignals()
try {
  process.exitCode = await runDemo(SECTIONS, (text) => console.log(text))
} catch (error) {
  console.error(error instanceof DemoError ? `✗ ${error.message}` : error)
  process.exitCode = 1
}
