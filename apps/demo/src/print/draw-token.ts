import type { Block } from '../blocks-of.ts'
import { timeLeft } from './format.ts'
import type { Page } from './page.ts'
import { wrap } from './wrap.ts'

/** A token as a stack of blocks: who signed each, what it demands, and how long the token lives with it. */
export function drawToken(
  { width, colours, write }: Page,
  indent: string,
  title: string,
  blocks: readonly Block[],
): void {
  const inner = width - indent.length - 4
  const frame = (text: string) => colours.cyan(text)
  write(`${indent}${colours.bold(title)}`)
  for (const [index, { signedBy, demands, seconds }] of blocks.entries()) {
    const [left, right] = index === 0 ? ['┌', '┐'] : ['├', '┤']
    const head = ` block ${index}, signed by ${signedBy} `
    const end = ` ${timeLeft(seconds)} left `
    const line = '─'.repeat(inner - head.length - end.length)
    write(`${indent}${frame(`${left}─`)}${head}${frame(line)}${end}${frame(`─${right}`)}`)
    const text = demands.length === 0 ? 'the same, for a shorter time' : demands.join(', ')
    const rows = text.length > inner ? demands.flatMap((demand) => wrap(demand, inner)) : [text]
    for (const row of rows) write(`${indent}${frame('│')} ${row.padEnd(inner)} ${frame('│')}`)
  }
  write(`${indent}${frame(`└${'─'.repeat(inner + 2)}┘`)}`)
}
