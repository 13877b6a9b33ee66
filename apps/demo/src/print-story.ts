import { colours, inColour, inWords, markOf } from './format.ts'
import type { Heard, Narrator } from './run-steps.ts'
import { SERVICES, type ServiceName } from './step.ts'

/** Writes one or more lines. */
export type Write = (text: string) => void

const { bold, cyan, dim, red } = colours

/** What each service is made with, and what it was given. */
const MADE_WITH: Readonly<Record<ServiceName, readonly [framework: string, holds: string]>> = {
  gateway: ['Hono', 'may read and write orders; names no tenant'],
  orders: ['NestJS', 'may reserve stock and write invoices; names no tenant'],
  inventory: ['Fastify', 'has the public key, and no more'],
  billing: ['Express', 'has the public key, and no more'],
}

/** Says what is going on, and who takes part. */
export function printIntroduction(write: Write, urls: Readonly<Record<ServiceName, string>>): void {
  write('')
  write(bold('Writ: one purchase through four services, and what a thief can do with what she hears on the way'))
  write('')
  write('An authority has minted a few capabilities and is out of the way: from here on nobody asks it. Each')
  write('service is a process of its own, and proves every token with the public key and the request alone.')
  write('')
  for (const name of SERVICES) {
    const [framework, holds] = MADE_WITH[name]
    write(`  ${cyan(name.padEnd(10))} ${framework.padEnd(8)} ${dim(urls[name].padEnd(22))} ${holds}`)
  }
}

/** Tells each step when its answer is there. */
export function storyNarrator(write: Write): Narrator {
  return {
    section({ title }) {
      write('')
      write(bold(title))
    },
    step({ step, answer, body, heard, milliseconds, kept }) {
      const answered = inColour(inWords(answer).padEnd(24), answer)
      const took = dim(`${milliseconds.toFixed(1).padStart(6)} ms`)
      write(`  ${markOf(kept)} ${step.tried.padEnd(42)} ${cyan(step.at.padEnd(10))} ${answered} ${took}`)
      if (!kept) write(`      ${red(`not as promised: ${inWords(step.promise)}`)}`)
      if (step.show?.includes('tokens')) for (const token of heard) write(`      ${dim(describe(token))}`)
      if (step.show?.includes('body')) write(`      ${dim(JSON.stringify(body))}`)
    },
  }
}

/** `orders → inventory: stock reserve for tenantId=acme orderId=o-1 sku=tea, 10 s`. */
function describe({ hop, token, seconds }: Heard): string {
  const { resource, operation, designations } = token
  const object = designations.filter(({ label }) => label !== 'anchor').map(({ label, value }) => `${label}=${value}`)
  return `${hop}: ${resource} ${operation}, only for ${object.join(' ')}, ${seconds} s`
}
