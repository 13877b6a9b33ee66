import { type Inspection, printable } from '@writ/core'
import type { Colours } from './colours.ts'
import { drawTimeLeft, inTime, inWords } from './in-words.ts'

const MIN_WIDTH = 40
const MAX_WIDTH = 100

/** A token as a stack of blocks: who signed each, what it demands, and how long it lives. */
export function drawToken(token: Inspection, now: number, columns: number, colours: Colours): string {
  const inner = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns)) - 4
  const lines = [colours.bold(headOf(token)), trustOf(token, colours), lifeOf(token, now, colours)]
  for (let block = 0; block < token.blocks; block++) {
    const head = ` block ${block}, ${signerOf(token, block)} `
    lines.push(colours.cyan(`${block === 0 ? '┌' : '├'}─${head}`.padEnd(inner + 3, '─') + (block === 0 ? '┐' : '┤')))
    const demands = token.demands.filter((one) => one.block === block).map(({ demand }) => demand)
    for (const demand of demands.length === 0 ? ['demands nothing'] : demands)
      for (const row of cut(demand, inner)) lines.push(`${colours.cyan('│')} ${row.padEnd(inner)} ${colours.cyan('│')}`)
    lines.push(`${colours.cyan('│')} ${colours.dim(idOf(token, block, inner))} ${colours.cyan('│')}`)
  }
  lines.push(colours.cyan(`└${'─'.repeat(inner + 2)}┘`))
  if (token.sealed) lines.push('sealed: nothing can be added')
  return lines.join('\n')
}

function headOf({ kind, subject, resource, operation }: Inspection): string {
  const who = subject === undefined ? '' : ` of ${printable(subject)}`
  const right = resource === undefined ? '' : `: ${printable(operation ?? '')} ${printable(resource)}`
  return `${kind === 'unknown' ? 'a token of no known kind' : kind}${who}${right}`
}

function trustOf({ verified, rootKeyId }: Inspection, { green, yellow }: Colours): string {
  const key = rootKeyId === undefined ? '' : ` (root key ${rootKeyId})`
  return verified ? green(`✓ signatures verified${key}`) : yellow(`! not verified${key}: anyone may have written this`)
}

function lifeOf({ expiresAt }: Inspection, now: number, { red, yellow }: Colours): string {
  if (expiresAt === undefined) return red('✗ it has no end, so no verifier accepts it')
  const left = expiresAt - now
  if (left <= 0) return red(`✗ expired ${inWords(-left)} ago, at ${inTime(expiresAt)}`)
  const line = `${drawTimeLeft(left)} ${inWords(left)} left, until ${inTime(expiresAt)}`
  return left < 60 ? yellow(line) : line
}

function signerOf({ attesters }: Inspection, block: number): string {
  if (block === 0) return 'signed by the authority'
  const key = attesters.find((attester) => attester.block === block)?.publicKey
  return key === undefined ? 'added by a holder' : `signed by ${key.slice(0, 20)}…`
}

function idOf({ revocationIds }: Inspection, block: number, width: number): string {
  const id = `revocation id ${revocationIds[block] ?? ''}`
  return id.length > width ? `${id.slice(0, width - 1)}…` : id.padEnd(width)
}

/** Rows of at most that width, of whole words where that is possible. */
function cut(text: string, width: number): string[] {
  const rows: string[] = []
  let rest = text
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width)
    const end = space > 0 ? space : width
    rows.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return [...rows, rest]
}
