import { tellPipeline } from 'pipeline'
import type { Page } from '../print/page.ts'
import { printChapter, printChapterEnd, printTrial } from '../print/print-chapter.ts'
import { printScene } from '../print/print-verdict.ts'

const INTRODUCTION = [
  'A pipeline runs what others wrote: tests, tools, and all that they depend on.',
  'Each job here has an identity of its own, made offline from that of the run, and good for that job alone.',
  'When the job ends, so does its identity, with everything that it was used for.',
].join(' ')

/** Tells the chapter of the pipeline. The exit code is 0 if every promise was kept. */
export async function runPipeline(page: Page): Promise<{ exitCode: 0 | 1 }> {
  const start = performance.now()
  printChapter(page, 'Writ: a pipeline, and a job that was taken over', INTRODUCTION)
  const { trials } = await tellPipeline({
    scene: (title) => printScene(page, title),
    told: (trial) => printTrial(page, trial),
  })
  const seconds = (performance.now() - start) / 1000
  return {
    exitCode: printChapterEnd(page, trials, seconds, ['apps/pipeline', 'has the runner, the jobs and the thief']),
  }
}
