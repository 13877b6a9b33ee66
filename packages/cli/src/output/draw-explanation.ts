import { type ExplainedBlock, type Explanation, printable } from '@writ/core'
import type { Colours } from './colours.ts'

/** A verdict, every check with its mark, and what would help. */
export function drawExplanation(
  { allowed, code, reason, blocks, unbound }: Explanation,
  { bold, dim, green, red }: Colours,
): string {
  const verdict = allowed ? bold(green('allowed')) : `${bold(red('refused'))}: ${code}: ${reason}`
  const checks = blocks.flatMap((block) => [
    dim(`block ${block.block}, ${signerOf(block)}`),
    ...block.checks.map(({ demand, holds }) => `  ${holds ? green('✓') : red('✗')} ${demand}`),
  ])
  const missing = unbound.map((label) => `  ${red('✗')} no block says which ${printable(label)}: attenuate it first`)
  const nothing = blocks.length === 0 ? [dim('  its signatures are not verified, so what it says is not shown')] : []
  return [verdict, ...nothing, ...checks, ...(allowed ? [] : missing)].join('\n')
}

function signerOf({ signedBy, publicKey }: ExplainedBlock): string {
  if (signedBy === 'authority') return 'signed by the authority'
  return signedBy === 'holder' ? 'added by a holder' : `signed by ${publicKey?.slice(0, 20)}…`
}
