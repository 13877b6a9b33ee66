import { createRevocationList } from '@writ/core/verify'
import { AuthorityError } from '../authority-error.ts'

/** What to revoke: exactly one of the three forms. */
export type RevocationRequest =
  /** Every token that contains this block: of the authority, or one that a holder has appended. */
  | { readonly revocationId: string }
  /** What the authority has minted for a name and the names below it, or before a time, or both. */
  | { readonly subjectPrefix?: string | undefined; readonly issuedBefore?: number | undefined }
  /** The name itself, also where a holder delegates it offline, and what was minted for it. */
  | { readonly actorPrefix: string }

/** A request whose form is checked. */
export type Revocation =
  | { readonly type: 'token'; readonly id: string }
  | { readonly type: 'minted'; readonly prefix: string | undefined; readonly before: number | undefined }
  | { readonly type: 'actor'; readonly prefix: string }

/** An id is a signature: 64 bytes, or up to 72 for P-256. */
const REVOCATION_ID = /^(?:[0-9a-fA-F]{2}){32,128}$/
const MEMBERS = new Set(['revocationId', 'subjectPrefix', 'issuedBefore', 'actorPrefix'])

/**
 * Checks what is asked for.
 *
 * @throws `AuthorityError` `invalid_request` with the member that is wrong.
 */
export function readRevocation(request: RevocationRequest, now: number): Revocation {
  const given = new Map(Object.entries(request).filter(([, value]) => value !== undefined))
  for (const member of given.keys()) if (!MEMBERS.has(member)) throw wrong('request')
  const revocationId = given.get('revocationId')
  const actorPrefix = given.get('actorPrefix')
  const [prefix, before] = [given.get('subjectPrefix'), given.get('issuedBefore')]
  if (revocationId !== undefined) {
    if (given.size > 1) throw wrong('request')
    if (typeof revocationId !== 'string' || !REVOCATION_ID.test(revocationId)) throw wrong('revocationId')
    return { type: 'token', id: revocationId.toLowerCase() }
  }
  if (actorPrefix !== undefined) {
    // An identity that a holder delegates does not say when, so no part of them could be spared.
    if (before !== undefined) throw wrong('issuedBefore')
    if (given.size > 1) throw wrong('request')
    return { type: 'actor', prefix: readName('actorPrefix', actorPrefix) }
  }
  if (given.size === 0) throw wrong('request')
  if (before !== undefined && !(Number.isSafeInteger(before) && (before as number) > 0 && (before as number) <= now)) {
    throw wrong('issuedBefore')
  }
  return {
    type: 'minted',
    prefix: prefix === undefined ? undefined : readName('subjectPrefix', prefix),
    before: before as number | undefined,
  }
}

const MAX_REASON = 500

/**
 * Checks the reason of somebody who revokes. A database may refuse a zero, or store a lone surrogate as something else.
 *
 * @throws `AuthorityError` `invalid_request`.
 */
export function readReason(reason: unknown): string | undefined {
  if (reason === undefined) return undefined
  const isText = typeof reason === 'string' && reason.length <= MAX_REASON
  if (!isText || !reason.isWellFormed() || reason.includes('\0')) throw wrong('reason')
  return reason
}

function readName(member: string, name: unknown): string {
  try {
    // It takes exactly the names that can be minted.
    createRevocationList().revokeActor(name as string)
    return name as string
  } catch {
    throw wrong(member)
  }
}

function wrong(member: string): AuthorityError {
  return new AuthorityError('invalid_request', { member })
}
