import type { Narrator } from '../run-steps.ts'
import { type Place, passes } from '../step.ts'
import { drawToken } from './draw-token.ts'
import { inWords, verdictOf } from './format.ts'
import type { Page } from './page.ts'
import { INDENT, printScene, printVerdict } from './print-verdict.ts'
import { wrap } from './wrap.ts'

const INTRODUCTION = [
  'A token is a stack of signed blocks. Each holder can add a block that demands more, and nobody can remove one.',
  'A service checks a token with a public key and the request: it asks nobody, and has no list of users or tenants.',
  'Mallory is the thief: she hears every call between the services.',
].join(' ')

/** The authority, which all of them know, and the services as a tree of who calls whom. */
const TREE: readonly (readonly [branch: string, name: Place, framework: string])[] = [
  ['', 'authority', 'Hono'],
  ['', 'gateway', 'Hono'],
  ['└─ ', 'orders', 'NestJS'],
  ['   ├─ ', 'inventory', 'Fastify'],
  ['   └─ ', 'billing', 'Express'],
]

/** Says what is going on, before anything runs. */
export function printIntroduction({ width, colours, write }: Page): void {
  write('')
  write(colours.bold('Writ: one purchase through four services, and a thief'))
  write('')
  for (const line of wrap(INTRODUCTION, width)) write(line)
  write('')
  write(colours.dim('Starting an authority and four services, and warming them up ...'))
}

/** Says who takes part. */
export function printSystem({ colours, write }: Page, urls: Readonly<Record<Place, string>>): void {
  write('')
  for (const [branch, name, framework] of TREE) {
    const tree = `${branch}${name}`.padEnd(17)
    write(`  ${colours.cyan(tree)} ${framework.padEnd(9)} ${colours.dim(urls[name])}`)
  }
}

/** Tells each step when its answer is there. */
export function storyNarrator(page: Page): Narrator {
  const { width, colours, write } = page
  // Whether the last step has shown more than its verdict: then a line stays empty.
  let showedMore = false
  return {
    section({ title }) {
      showedMore = false
      printScene(page, title)
    },
    step(outcome) {
      const { step, answer, body, drawings, milliseconds, kept } = outcome
      const verdict = verdictOf(kept, passes(answer), colours)
      if (showedMore) write('')
      showedMore = drawings.length > 0 || step.showsBody === true
      printVerdict(page, verdict, step, milliseconds)
      const reason = kept ? step.because : `promised was ${inWords(step.promise)}`
      const [first = '', ...more] = wrap(`${inWords(answer)}: ${reason}`, width - INDENT.length)
      const [answered, ...rest] = first.split(':')
      write(`${INDENT}${verdict.colour(`${answered}`)}:${rest.join(':')}`)
      for (const line of more) write(`${INDENT}${line}`)
      for (const { title, blocks } of drawings) drawToken(page, INDENT, title, blocks)
      if (step.showsBody)
        for (const line of wrap(inOneLine(body), width - INDENT.length)) write(`${INDENT}${colours.dim(line)}`)
    },
  }
}

/** JSON that can be broken between two members. */
function inOneLine(body: unknown): string {
  return JSON.stringify(body).replaceAll(',"', ', "')
}
