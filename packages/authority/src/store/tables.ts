// The tables, the same on SQLite and PostgreSQL. Times are Unix seconds, except where a name ends in `_ms`. Ids, hashes and
// keys are text; JSON is text that is never searched.

/** One row: where the chains end. Whoever acts locks it, so that no two acts have one number. */
export interface HeadTable {
  readonly id: 1
  audit_sequence: number
  /** The hash of the last record; of nothing, sixty-four zeros. */
  audit_hash: string
  feed_sequence: number
  feed_hash: string
  /** Entries of the feed up to this one were removed: everything that they revoke has expired. */
  feed_base_sequence: number
  feed_base_hash: string
  /** Grows with every change of policy or keys. What was decided by older rules is not recorded. */
  rules_epoch: number
}

/** What was done and what was refused. Rows are only ever added. */
export interface AuditTable {
  readonly sequence: number
  readonly time_ms: number
  /** What happened: `capability.minted`. */
  readonly kind: string
  readonly decision: 'allowed' | 'refused'
  /** Who acted: a subject, or null for the authority itself. */
  readonly actor: string | null
  /** Whom it is about. */
  readonly subject: string | null
  readonly resource: string | null
  readonly operation: string | null
  /** The revocation id of the authority block of what was minted or revoked. */
  readonly revocation_id: string | null
  /** The rest, as JSON. */
  readonly detail: string
  readonly previous_hash: string
  readonly hash: string
}

/** Ends of the audit chain, signed by an audit key. */
export interface CheckpointTable {
  readonly sequence: number
  readonly time_ms: number
  readonly hash: string
  readonly key_id: number
  readonly signature: string
}

/** Keys of the authority. Private parts are sealed by the key provider. */
export interface KeyTable {
  /** The root key id that tokens carry. */
  readonly id: number
  readonly purpose: 'root' | 'feed' | 'audit'
  state: 'next' | 'active' | 'retired'
  readonly public_key: string
  /** What the provider needs to sign with it. It is not secret by itself. Empty when the key will never sign again. */
  sealed: string
  readonly provider: string
  readonly created_at: number
  activated_at: number | null
  retired_at: number | null
  /**
   * By the root key that was active when this key was made: its id and its signature. Null for the very first. Feed and
   * audit keys are certified again by each root key that becomes active.
   */
  certified_by: number | null
  certificate: string | null
}

/** What was minted: never the token, only its authority block's revocation id. */
export interface TokenTable {
  readonly id: string
  readonly kind: 'identity' | 'capability' | 'context'
  readonly subject: string
  /** The token that was presented to mint this one. */
  readonly parent: string | null
  /** Where a chain of refreshed identities began, in Unix seconds; for other tokens when they were minted. */
  readonly session_started_at: number
  readonly minted_at: number
  readonly expires_at: number
  readonly key_id: number
  readonly target: string | null
  readonly operation: string | null
  revoked_at: number | null
}

/** The revocation feed. */
export interface RevocationTable {
  readonly sequence: number
  readonly time_ms: number
  /** `token`: every token that contains this block. `actor`: every identity of this name and of the names below it. */
  readonly type: 'token' | 'actor'
  /** A revocation id, or a name. */
  readonly value: string
  /** Only what was issued before, in Unix seconds; for `actor` alone. */
  readonly issued_before: number | null
  /** When everything that it revokes has expired. */
  readonly expires_at: number
  readonly reason: string | null
  readonly hash: string
}

/** Sessions: what contexts were exposed to. */
export interface SessionTable {
  readonly id: string
  readonly subject: string
  /** The audit sequence up to which exposures of related sessions do not count. */
  readonly since: number
  expires_at: number
}

export interface SessionContextTable {
  readonly id: string
  readonly session_id: string
  readonly expires_at: number
}

export interface SessionLabelTable {
  readonly session_id: string
  readonly label: string
  /** The audit sequence at which it was recorded last. */
  seen_at: number
}

/** Every version of policy and schema; the highest is in force. */
export interface PolicyTable {
  readonly version: number
  /** TOML. */
  readonly policy: string
  readonly schema: string | null
  readonly etag: string
  readonly author: string | null
  readonly created_at: number
  /** What changed since the version before, as JSON. */
  readonly diff: string
}

/** Secrets by which a subject gets its first identity: only their hashes. */
export interface EnrolmentTable {
  readonly secret_hash: string
  readonly subject: string
  readonly created_at: number
  readonly expires_at: number
  used_at: number | null
}

/** Assertions of others that were exchanged, until they expire, so that none is exchanged twice. */
export interface AssertionTable {
  readonly id: string
  readonly expires_at: number
}

/** All tables by name. */
export interface Tables {
  head: HeadTable
  audit: AuditTable
  checkpoints: CheckpointTable
  keys: KeyTable
  tokens: TokenTable
  revocations: RevocationTable
  sessions: SessionTable
  session_contexts: SessionContextTable
  session_labels: SessionLabelTable
  policies: PolicyTable
  enrolments: EnrolmentTable
  assertions: AssertionTable
}
