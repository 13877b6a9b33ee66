import { startService } from 'service-kit/node'
import type { Page } from '../print/page.ts'
import { printChapter, printChapterEnd, printTrial, type Trial } from '../print/print-chapter.ts'
import { printScene } from '../print/print-verdict.ts'
import { startAuthority } from '../system/start-authority.ts'
import { SCENES } from './ledger-scenes.ts'
import { sendStep } from './send-ledger-step.ts'

const INTRODUCTION = [
  'A service may read the rows of everybody, so one mistake in one query shows them to anybody.',
  'The search of this service has such a mistake: it puts what a caller types into its SQL.',
  'The caller holds a capability for the invoices of acme.',
].join(' ')

/** Tells the chapter of the ledger. The exit code is 0 if every promise was kept. */
export async function runLedger(page: Page): Promise<{ exitCode: 0 | 1 }> {
  const start = performance.now()
  printChapter(page, 'Writ: an SQL injection, and a database that guards its rows', INTRODUCTION)
  const authority = await startAuthority()
  const main = import.meta.resolve('ledger/main')
  const environment = { WRIT_AUTHORITY_URL: authority.url, WRIT_PUBLIC_KEY: authority.publicKey }
  const ledgers = SCENES.map(({ policies }) => startService(main, { ...environment, LEDGER_POLICIES: policies }))
  const trials: Trial[] = []
  try {
    const urls = (await Promise.all(ledgers)).map(({ url }) => url)
    const token = await authority
      .clientOf('tenant:acme')
      .capabilityFor({ target: 'ledger.invoices', operation: 'read' })
    for (const [index, { title, steps }] of SCENES.entries()) {
      printScene(page, title)
      for (const step of steps) {
        const trial = await sendStep(urls[index] ?? '', token, step)
        trials.push(trial)
        printTrial(page, trial)
      }
    }
  } finally {
    for (const one of await Promise.allSettled(ledgers)) if (one.status === 'fulfilled') await one.value.stop()
    await authority.stop()
  }
  const seconds = (performance.now() - start) / 1000
  return { exitCode: printChapterEnd(page, trials, seconds, ['apps/ledger', 'has the service and its policies']) }
}
