import { CapabilityError, type VerifiedIdentity } from '@writ/core'
import { sql } from 'kysely'
import { appendRecords } from '../audit/append-records.ts'
import type { AuditRecord } from '../audit/audit-record.ts'
import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { proveIdentity } from '../rules/prove-identity.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import type { Rules } from '../rules/rules.ts'
import type { StoreTransaction } from '../store/store.ts'
import { assertNotRevoked } from './assert-not-revoked.ts'
import { appendEntries, type NewEntry } from './internal/append-entries.ts'
import { isSubjectUnder, isUnder, markRevoked } from './internal/mark-revoked.ts'
import { type RevokeResult, revoke } from './revoke.ts'

/** Who ends what. */
export interface EndRequest {
  /** The identity, URL-safe base64. */
  readonly identity: string
  /** 1 to 100 names below its subject that it may speak as. Default: the identity itself. */
  readonly names?: readonly string[] | undefined
}

const MOST = 100
/** Names of one subject that are ended at the same time. Every verifier keeps them, and any holder may add some. */
const MOST_OF_SUBJECT = 10_000
const RETRY_SECONDS = 60

/**
 * Ends what the bearer of an identity could speak as, before its time: names that it has delegated offline, or the identity.
 * Whoever may speak as a name may end it, so no right is needed.
 *
 * - With `names`: until this identity ends, no identity of these names or of those below them is accepted, and what was minted
 *   for them from this identity is revoked. Nothing that was delegated from it outlives that.
 * - Without: the identity, with everything that was delegated, refreshed or minted from it. One that was delegated ends its
 *   own name instead.
 *
 * @throws `AuthorityError` `refused_credential` if the identity is not accepted; `invalid_request` for a name that it may not
 *   speak as or that is not below its subject, and for a copy that was narrowed; `too_many_requests`; `StoreError`.
 */
export function endIdentity(parts: AuthorityParts, { identity, names }: EndRequest): Promise<RevokeResult> {
  return recordingRefusals(parts, 'actor.revoked', async (proven) => {
    const rules = await parts.rules.current()
    const caller = await proveIdentity(rules, identity)
    const { subject, identity: name } = caller
    const id = caller.revocationIds[0] as string
    proven({ actor: name, subject, revocationId: id })
    const isWhole = caller.revocationIds.length === 1
    if (names === undefined && isWhole) {
      await parts.store.transact((transaction) => assertNotRevoked(transaction, { ids: [id], name }))
      return revoke(parts, { revocationId: id }, { actor: name })
    }
    const ended = [...new Set(names ?? [name])]
    if (ended.length < 1 || ended.length > MOST) throw new AuthorityError('invalid_request', { member: 'names' })
    for (const one of ended) await assertMayEnd(rules, caller, one)
    return parts.store.transact((transaction) => endNames(transaction, caller, ended, parts.now()))
  })
}

/** The subject itself is the name of others too: of every identity that was minted for it. */
async function assertMayEnd({ identities }: Rules, { token, subject }: VerifiedIdentity, name: string): Promise<void> {
  const wrong = (cause?: unknown) => new AuthorityError('invalid_request', { member: 'names' }, { cause })
  if (!name.startsWith(`${subject}:`)) throw wrong()
  try {
    await identities.verify(token, { identity: name })
  } catch (cause) {
    if (cause instanceof CapabilityError && cause.code === 'wrong_subject') throw wrong(cause)
    const isDown = cause instanceof CapabilityError && cause.code === 'unavailable'
    if (cause instanceof CapabilityError) throw new AuthorityError(isDown ? 'unavailable' : 'refused_credential')
    throw cause
  }
}

async function endNames(
  transaction: StoreTransaction,
  caller: VerifiedIdentity,
  names: readonly string[],
  time: number,
): Promise<RevokeResult> {
  const { query } = transaction
  const head = await transaction.lockHead()
  await assertNotRevoked(transaction, { ids: caller.revocationIds, name: caller.identity })
  const expiresAt = Math.ceil(caller.expiresAt)
  const known = await query
    .selectFrom('revocations')
    .select('value')
    .where('type', '=', 'actor')
    .where('expires_at', '>=', expiresAt)
    .where('value', 'in', [...names])
    .execute()
  const ended = new Set(known.map(({ value }) => value))
  const added = names.filter((name) => !ended.has(name))
  await assertRoom(transaction, caller.subject, added.length)

  // What these names had minted comes from this identity: its lineage has an index, subjects alone would be a long search.
  const from = sql<boolean>`parent = ${caller.revocationIds[0]}`
  const under = sql.join<boolean>(names.map(isSubjectUnder), sql` or `)
  const tokens = await markRevoked(transaction, sql<boolean>`${from} and (${under})`, time)
  const entries: readonly NewEntry[] = [
    ...added.map((value) => ({ type: 'actor' as const, value, expiresAt })),
    ...tokens.map(({ id: value, expires_at }) => ({ type: 'token' as const, value, expiresAt: expires_at })),
  ]
  if (entries.length === 0) return { sequence: head.feed_sequence, added: 0 }
  const first = await appendEntries(transaction, entries, null, time)
  const subjects = new Map(tokens.map(({ id, subject }) => [id, subject]))
  const records = entries.map(({ type, value }, index): AuditRecord => {
    const detail = { sequence: first + index, ended: true }
    const common = { decision: 'allowed', actor: caller.identity, detail } as const
    if (type === 'actor') return { kind: 'actor.revoked', subject: value, ...common }
    return { kind: 'token.revoked', subject: subjects.get(value), revocationId: value, ...common }
  })
  await appendRecords(transaction, records, time)
  return { sequence: first + entries.length - 1, added: entries.length }
}

async function assertRoom({ query }: StoreTransaction, subject: string, added: number): Promise<void> {
  const { count } = await query
    .selectFrom('revocations')
    .select((build) => build.fn.countAll().as('count'))
    .where('type', '=', 'actor')
    .where(isUnder('value', subject))
    .executeTakeFirstOrThrow()
  if (Number(count) + added > MOST_OF_SUBJECT) {
    throw new AuthorityError('too_many_requests', { retryAfter: RETRY_SECONDS })
  }
}
