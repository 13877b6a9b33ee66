import { type DelegationLine, runScenes, SCENES, type Told } from 'assistant'
import type { Page } from '../print/page.ts'
import { printChapter, printChapterEnd, printTrial, type Trial } from '../print/print-chapter.ts'
import { printScene } from '../print/print-verdict.ts'
import { wrap } from '../print/wrap.ts'

const INTRODUCTION = [
  'An agent does what its model says, and a model does what a page says that it has read.',
  'So nothing depends on the model: each call of a tool needs a capability for that very call, and a policy decides',
  'what is minted after what the agent has seen.',
].join(' ')

/** Tells the chapter of the agents. The exit code is 0 if every promise was kept. */
export async function runAgents(page: Page): Promise<{ exitCode: 0 | 1 }> {
  const start = performance.now()
  printChapter(page, 'Writ: an agent, its tools, and what it was talked into', INTRODUCTION)
  const { told, tree } = await runScenes(SCENES, {
    scene: ({ title }) => printScene(page, title),
    told: (one) => printTrial(page, trialOf(one)),
  })
  printTree(page, tree)
  const seconds = (performance.now() - start) / 1000
  const where = ['apps/assistant', 'has the server, the agent and every call'] as const
  return { exitCode: printChapterEnd(page, told.map(trialOf), seconds, where) }
}

function trialOf({ step, code, milliseconds, kept }: Told): Trial {
  const { tried, at, because, code: promised } = step
  return { tried, at, because, promised, code, milliseconds, kept }
}

/** Who has delegated what to whom. */
function printTree(page: Page, tree: readonly DelegationLine[]): void {
  const { width, colours, write } = page
  printScene(page, 'Afterwards the audit tells who has delegated to whom, and what each has got.')
  for (const { depth, name, minted, refused } of tree) {
    const branch = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `
    const indent = `  ${' '.repeat(branch.length)}   `
    write(`  ${branch}${colours.cyan(name)}`)
    for (const [what, tools, colour] of [
      ['got    ', minted, colours.green],
      ['refused', refused, colours.red],
    ] as const) {
      if (tools.length === 0) continue
      const [first = '', ...more] = wrap(tools.join(', '), width - indent.length - what.length - 1)
      write(`${indent}${colour(what)} ${first}`)
      for (const line of more) write(`${indent}${' '.repeat(what.length)} ${line}`)
    }
  }
}
