import { printable } from '@writ/core'
import type { Command } from 'commander'
import { usageError } from '../../cli-error.ts'
import type { Action, Define } from '../../command.ts'
import { askAdministrator } from '../../session/ask-administrator.ts'

const MAX_LIMIT = 1000
const DAY_SECONDS = 86_400

interface Options {
  readonly subject?: string
  readonly resource?: string
  readonly decision?: string
  readonly id?: string
  readonly days?: string
  readonly after?: string
  readonly limit: string
}

interface AuditRecord {
  readonly sequence: number
  readonly timeMs: number
  readonly [member: string]: unknown
}

/** `writ audit list` */
export function registerAuditList(audit: Command, define: Define): void {
  const command = audit
    .command('list')
    .description('what the authority has done and refused, as whoever is logged in')
    .option('-s, --subject <name>', 'for whom: service:orders')
    .option('-r, --resource <name>', 'of which resource: invoices')
    .option('--decision <decision>', 'allowed or refused')
    .option('--id <revocation id>', 'of which token')
    .option('--days <number>', 'of the last days. Default: of all time')
    .option('--after <sequence>', 'goes on after this record')
    .option('--limit <number>', `the first so many, at most ${MAX_LIMIT}`, '50')
    .addHelpText('after', '\nExample:\n  writ audit list --subject service:orders --decision refused --days 1')
  define(command, list)
}

const list: Action<Options> = async (io, options) => {
  const { subject, resource, decision, id: revocationId, after } = options
  const limit = countIn('--limit', options.limit)
  const days = options.days === undefined ? undefined : countIn('--days', options.days)
  const from = days === undefined ? undefined : String(Math.floor(io.now()) - days * DAY_SECONDS)
  const asked = { subject, resource, decision, revocationId, from, after, limit: String(limit) }
  const query = new URLSearchParams(
    Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  const right = { target: 'authority.audit', operation: 'read' }
  const { records, next } = (await askAdministrator(io, `/v1/audit?${query}`, right)) as {
    readonly records: readonly AuditRecord[]
    readonly next: number | null
  }
  const lines = records.map(inOneLine)
  if (next !== null) lines.push(`... there are more: --after ${next}`)
  return { text: lines.length === 0 ? 'nothing' : lines.join('\n'), json: { records, next } }
}

/** Callers have chosen names and reasons, so none of them reaches the terminal as it is. */
function inOneLine({ sequence, timeMs, kind, decision, subject, resource, operation, detail }: AuditRecord): string {
  const time = new Date(timeMs).toISOString()
  const { code, reason } = (detail ?? {}) as { readonly code?: unknown; readonly reason?: unknown }
  const words = [decision, kind, subject, operation, resource, code, reason].filter((word) => typeof word === 'string')
  return [String(sequence).padStart(6), time, ...words.map((word) => printable(String(word)))].join('  ')
}

function countIn(option: string, text: string): number {
  const count = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > MAX_LIMIT) throw usageError(`${option}: must be a number from 1 to ${MAX_LIMIT}`)
  return count
}
