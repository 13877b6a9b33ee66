import { parseArgs } from 'node:util'
import { DemoError } from './demo-error.ts'
import { exitOnSignals } from './exit-on-signals.ts'
import { createPage, type Page } from './print/page.ts'
import { type DemoOptions, runDemo } from './run-demo.ts'
import { SECTIONS } from './steps.ts'

const CHAPTERS = ['purchase', 'agents', 'pipeline', 'ledger', 'lock'] as const
type Chapter = (typeof CHAPTERS)[number]

exitOnSignals()
// Whoever reads has read enough, as in `npm run demo | head`.
process.stdout.on('error', () => process.exit(1))
try {
  const { env, stdout } = process
  const page = createPage({ env, isTTY: stdout.isTTY, columns: stdout.columns }, (line) => console.log(line))
  const { chapter, ...options } = readOptions()
  const { exitCode } = await tell(chapter, page, options)
  process.exitCode = exitCode
} catch (error) {
  console.error(error instanceof DemoError ? `✗ ${error.message}` : error)
  process.exitCode = 1
}

/** What only one chapter needs is loaded for it alone. */
async function tell(chapter: Chapter, page: Page, options: DemoOptions): Promise<{ readonly exitCode: 0 | 1 }> {
  if (chapter === 'agents') return (await import('./chapters/run-agents.ts')).runAgents(page)
  if (chapter === 'pipeline') return (await import('./chapters/run-pipeline.ts')).runPipeline(page)
  if (chapter === 'ledger') return (await import('./chapters/run-ledger.ts')).runLedger(page)
  if (chapter === 'lock') return (await import('./chapters/run-lock.ts')).runLock(page)
  return runDemo(SECTIONS, page, options)
}

function readOptions(): DemoOptions & { readonly chapter: Chapter } {
  try {
    const { chapter = 'purchase', ...options } = parseArgs({
      options: { chapter: { type: 'string' }, table: { type: 'boolean' }, keep: { type: 'boolean' } },
    }).values
    if (!isChapter(chapter)) throw new TypeError('there is no such chapter')
    if (chapter !== 'purchase' && (options.table || options.keep)) throw new TypeError('for the purchase alone')
    return { ...options, chapter }
  } catch (cause) {
    throw new DemoError(`usage: npm run demo -- [--table] [--keep] [--chapter ${CHAPTERS.join('|')}]`, { cause })
  }
}

function isChapter(name: string): name is Chapter {
  return (CHAPTERS as readonly string[]).includes(name)
}
