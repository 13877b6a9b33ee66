import { STATUS_CODES } from 'node:http'
import pc from 'picocolors'
import type { Answer } from './step.ts'

/** Colours only for people: `picocolors` would also colour what a CI job captures. */
export const colours: ReturnType<typeof pc.createColors> = pc.createColors(
  pc.isColorSupported && (process.stdout.isTTY === true || 'FORCE_COLOR' in process.env),
)

/** Status and code of an answer, or what the status means. */
export function inWords({ status, code }: Answer): string {
  return `${status} ${code ?? STATUS_CODES[status] ?? ''}`
}

/** Green for what passed, yellow for what was refused. */
export function inColour(text: string, { status }: Answer): string {
  return status < 300 ? colours.green(text) : colours.yellow(text)
}

export function markOf(kept: boolean): string {
  return kept ? colours.green('✓') : colours.red('✗')
}
