import type { RedisProblem, RedisProblemCode } from '../redis-problem.ts'

/** What a server says about itself, and the database of the connection, if it is known. */
export interface ServerFacts {
  /** The answer of `INFO`. */
  readonly info: string
  readonly database?: { readonly selected: number; readonly configured: number } | undefined
}

const OLDEST = 7

/** Lists why a server may lose revocations and uses. Whatever it does not say counts as a problem. */
export function problemsOf({ info, database }: ServerFacts): RedisProblem[] {
  const fields = new Map(info.split('\r\n').map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 1)]))
  const problems: RedisProblem[] = []
  const add = (code: RedisProblemCode, message: string) => problems.push({ code, message })
  const needs = ['redis_version', 'maxmemory', 'maxmemory_policy', 'aof_enabled', 'aof_last_write_status', 'role']
  const missing = needs.filter((name) => !fields.has(name))
  if (missing.length > 0) add('not_told', `INFO does not tell ${missing.join(', ')}: check by hand, then accept this.`)

  const version = fields.get('redis_version')
  if (version !== undefined && !(Number.parseInt(version, 10) >= OLDEST)) {
    add('too_old', `Redis is ${shown(version)}: to revoke an id again needs 7 or later.`)
  }
  const [maxmemory, policy] = [fields.get('maxmemory'), fields.get('maxmemory_policy')]
  if (policy !== undefined && policy !== 'noeviction' && maxmemory !== undefined && maxmemory !== '0') {
    add('evicts', `maxmemory-policy is ${shown(policy)}: a full server forgets revocations. Set it to noeviction.`)
  }
  const [appends, written] = [fields.get('aof_enabled'), fields.get('aof_last_write_status')]
  if (appends !== undefined && appends !== '1') {
    add(
      'not_persistent',
      'appendonly is no: a restart forgets what was revoked or spent since the last snapshot. Set it to yes.',
    )
  } else if (appends === '1' && written !== undefined && written !== 'ok') {
    add('not_persistent', 'The append-only file cannot be written: see to the disk of the server.')
  }
  const role = fields.get('role')
  if (role !== undefined && role !== 'master') {
    add(
      'replica',
      `The server is a ${shown(role)}: it learns of a revocation late and cannot be written. Connect to the primary.`,
    )
  }
  if (database !== undefined && database.selected !== database.configured) {
    const { selected, configured } = database
    add(
      'other_database',
      `The connection has selected database ${selected}, not ${configured}. Give this client.duplicate().`,
    )
  }
  return problems
}

/** A value of the server, for a message that is printed. */
function shown(value: string): string {
  return JSON.stringify(value.slice(0, 40))
}
