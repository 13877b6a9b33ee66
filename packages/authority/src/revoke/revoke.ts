import { type RawBuilder, sql } from 'kysely'
import { appendRecords } from '../audit/append-records.ts'
import type { AuditRecord } from '../audit/audit-record.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import type { StoreTransaction } from '../store/store.ts'
import { appendEntries, type NewEntry } from './internal/append-entries.ts'
import { isSubjectUnder, markRevoked, type RevokedToken } from './internal/mark-revoked.ts'
import { CLOCK_MARGIN, endOfAll } from './internal/times.ts'
import { type Revocation, type RevocationRequest, readReason, readRevocation } from './revocation-request.ts'

/** What was revoked. */
export interface RevokeResult {
  /** Verifiers that know the feed up to this entry refuse everything that was asked for. */
  readonly sequence: number
  /** How many entries this act has added; none if all was revoked before. */
  readonly added: number
}

interface Act {
  readonly actor?: string | undefined
  /** At most 500 characters. */
  readonly reason?: string | undefined
}

/** A repeated revocation of a name adds an entry only if that lasts so many seconds longer. */
const REPEAT_SECONDS = 60

/**
 * Revokes tokens, with everything that was minted from them, or a name. One transaction with its records, and what it
 * returns is on disk. To revoke again what is revoked changes nothing.
 *
 * - By `revocationId`: an id that was never minted here is revoked as well, for 24 hours: it may be of a block that a holder
 *   has appended.
 * - By `subjectPrefix` and `issuedBefore` (Unix seconds, not in the future): every unexpired token that was minted for the name
 *   or below it, before that time. What is minted afterwards is good.
 * - By `actorPrefix`: for 24 hours no identity of the name or below it is accepted, whenever it was issued, and none is minted;
 *   what was minted for these names is revoked. Nothing that exists now outlives that. To keep a name out for longer, take it
 *   out of the policy.
 *
 * @param act - Who revokes (a proven subject), and why (kept in the audit, not in the feed).
 * @throws `AuthorityError` `invalid_request` with the `member` that is wrong.
 */
export async function revoke(
  parts: Pick<AuthorityParts, 'store' | 'now'>,
  request: RevocationRequest,
  act: Act,
): Promise<RevokeResult> {
  const revocation = readRevocation(request, parts.now())
  const reason = readReason(act.reason)
  return parts.store.transact(async (transaction) => {
    const head = await transaction.lockHead()
    // Read under the lock: whatever was minted before that is found.
    const time = parts.now()
    const tokens = await markRevoked(transaction, conditionOf(revocation), time)
    const named = await findNamed(transaction, revocation, tokens, time)
    const entries = [...named, ...tokens.filter((token) => isAlive(token, time)).map(entryOf)]
    if (entries.length === 0) return { sequence: head.feed_sequence, added: 0 }
    const first = await appendEntries(transaction, entries, reason ?? null, time)
    const subjects = new Map(tokens.map(({ id, subject }) => [id, subject]))
    const records = entries.map((entry, index) => recordOf(entry, first + index, revocation, subjects, act))
    await appendRecords(transaction, records, time)
    return { sequence: first + entries.length - 1, added: entries.length }
  })
}

function conditionOf(revocation: Revocation): RawBuilder<boolean> {
  if (revocation.type === 'token') return sql<boolean>`id = ${revocation.id}`
  if (revocation.type === 'actor') return isSubjectUnder(revocation.prefix)
  const { prefix, before } = revocation
  const conditions = [
    ...(prefix === undefined ? [] : [isSubjectUnder(prefix)]),
    ...(before === undefined ? [] : [sql<boolean>`minted_at < ${before}`]),
  ]
  return sql.join<boolean>(conditions, sql` and `)
}

/** The entry for what the request names, unless the feed has it or the table of tokens does. */
async function findNamed(
  { query }: StoreTransaction,
  revocation: Revocation,
  tokens: readonly RevokedToken[],
  time: number,
): Promise<readonly NewEntry[]> {
  if (revocation.type === 'minted') return []
  const entry =
    revocation.type === 'token'
      ? { type: 'token' as const, value: revocation.id, expiresAt: endOfAll(time) }
      : { type: 'actor' as const, value: revocation.prefix, expiresAt: endOfAll(time) }
  if (entry.type === 'token') {
    if (tokens.some(({ id }) => id === entry.value)) return []
    const minted = await query.selectFrom('tokens').select('id').where('id', '=', entry.value).executeTakeFirst()
    if (minted !== undefined) return []
  }
  const known = await query
    .selectFrom('revocations')
    .select('sequence')
    .where('type', '=', entry.type)
    .where('value', '=', entry.value)
    // A block is of now or earlier, so its first entry lasts. A name may be delegated anew until the entry ends.
    .where('expires_at', '>', entry.type === 'token' ? 0 : entry.expiresAt - REPEAT_SECONDS)
    .limit(1)
    .executeTakeFirst()
  return known === undefined ? [entry] : []
}

function isAlive({ expires_at }: RevokedToken, time: number): boolean {
  return expires_at > time - CLOCK_MARGIN
}

function entryOf({ id, expires_at }: RevokedToken): NewEntry {
  return { type: 'token', value: id, expiresAt: expires_at }
}

function recordOf(
  { type, value }: NewEntry,
  sequence: number,
  revocation: Revocation,
  subjects: ReadonlyMap<string, string>,
  { actor, reason }: Act,
): AuditRecord {
  const detail = { sequence, reason, asked: revocation }
  if (type === 'actor') return { kind: 'actor.revoked', decision: 'allowed', actor, subject: value, detail }
  return {
    kind: 'token.revoked',
    decision: 'allowed',
    actor,
    subject: subjects.get(value),
    revocationId: value,
    detail,
  }
}
