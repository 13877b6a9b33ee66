import { type DelegationLine, runScenes, SCENES, type Told } from 'assistant'
import { count, inTime } from './print/format.ts'
import type { Page } from './print/page.ts'
import { wrap } from './print/wrap.ts'

const INTRODUCTION = [
  'An agent does what its model says, and a model does what a page says that it has read.',
  'So nothing depends on the model: each call of a tool needs a capability for that very call, and a policy decides',
  'what is minted after what the agent has seen.',
].join(' ')

const INDENT = ' '.repeat(11)
const PLACE_WIDTH = 9
const TIME_WIDTH = 7

/** Tells the chapter of the agents. The exit code is 0 if every promise was kept. */
export async function runAgents(page: Page): Promise<{ exitCode: 0 | 1; told: readonly Told[] }> {
  const { width, colours, write } = page
  const start = performance.now()
  write('')
  write(colours.bold('Writ: an agent, its tools, and what it was talked into'))
  write('')
  for (const line of wrap(INTRODUCTION, width)) write(line)
  const { told, tree } = await runScenes(SCENES, {
    scene({ title }) {
      write('')
      for (const line of wrap(title, width)) write(colours.bold(line))
      write('')
    },
    told: (one) => printStep(page, one),
  })
  printTree(page, tree)
  const kept = told.filter((one) => one.kept)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  write('')
  if (kept.length < told.length) {
    write(colours.bold(colours.inverse(`${kept.length} of ${told.length} answers are as promised, in ${seconds} s.`)))
    return { exitCode: 1, told }
  }
  const passed = kept.filter(({ code }) => code === undefined).length
  write(
    colours.bold(colours.green(`${count(passed, 'call')} passed, ${count(kept.length - passed, 'attempt')} stopped.`)),
  )
  write(`All ${kept.length} answers are as promised, in ${seconds} s.`)
  write('')
  write(`  ${colours.cyan('apps/assistant'.padEnd(24))} has the server, the agent and every call`)
  return { exitCode: 0, told }
}

function printStep({ width, colours, write }: Page, { step, code, milliseconds, kept }: Told): void {
  const verdict = kept ? (code === undefined ? 'PASSED' : 'STOPPED') : 'DIFFERS'
  const paint = kept ? (code === undefined ? colours.green : colours.red) : colours.inverse
  const colour = (text: string) => colours.bold(paint(text))
  const right = `${step.at.padEnd(PLACE_WIDTH)} ${inTime(milliseconds).padStart(TIME_WIDTH)}`
  const room = width - INDENT.length - right.length - 1
  write(`  ${colour(verdict)}${' '.repeat(9 - verdict.length)}${step.tried.padEnd(room)} ${colours.dim(right)}`)
  const reason = kept ? step.because : `promised was ${step.code ?? 'that it passes'}`
  const [first = '', ...more] = wrap(code === undefined ? reason : `${code}: ${reason}`, width - INDENT.length)
  write(`${INDENT}${code === undefined ? first : colour(code) + first.slice(code.length)}`)
  for (const line of more) write(`${INDENT}${line}`)
}

/** Who has delegated what to whom. */
function printTree({ width, colours, write }: Page, tree: readonly DelegationLine[]): void {
  write('')
  for (const line of wrap('Afterwards the audit tells who has delegated to whom, and what each has got.', width))
    write(colours.bold(line))
  write('')
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
