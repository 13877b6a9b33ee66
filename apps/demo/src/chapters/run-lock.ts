import { tellLock } from 'lock'
import type { Page } from '../print/page.ts'
import { printChapter, printChapterEnd, printTrial } from '../print/print-chapter.ts'
import { printScene } from '../print/print-verdict.ts'

const INTRODUCTION = [
  'A door lock has no network: it cannot ask who may open it.',
  'It runs in an engine of its own, in a megabyte of memory, with a public key, a clock, and a file.',
].join(' ')

/** Tells the chapter of the lock. The exit code is 0 if every promise was kept. */
export async function runLock(page: Page): Promise<{ exitCode: 0 | 1 }> {
  const start = performance.now()
  printChapter(page, 'Writ: a door lock without a network, and who stands before it', INTRODUCTION)
  const trials = await tellLock({
    scene: (title) => printScene(page, title),
    told: (trial) => printTrial(page, trial),
  })
  const seconds = (performance.now() - start) / 1000
  return { exitCode: printChapterEnd(page, trials, seconds, ['apps/lock', 'has the program and its engine']) }
}
