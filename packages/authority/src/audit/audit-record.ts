/** What is recorded of an act or a refusal. Never a token, a secret or a private key. */
export interface AuditRecord {
  /** What happened, as noun and verb: `capability.minted`. */
  readonly kind: AuditKind
  readonly decision: 'allowed' | 'refused'
  /** Who acted: a proven subject. Default: the authority itself, or somebody unproven. */
  readonly actor?: string | undefined
  /** Whom it is about. */
  readonly subject?: string | undefined
  readonly resource?: string | undefined
  readonly operation?: string | undefined
  /** The revocation id of the authority block of what was minted, presented or revoked. */
  readonly revocationId?: string | undefined
  /** The rest: plain JSON, labels and codes rather than what strangers sent. Default: nothing. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined
}

/** The kinds of records. */
export type AuditKind =
  | 'identity.minted'
  | 'identity.refreshed'
  | 'capability.minted'
  | 'context.opened'
  | 'context.forked'
  | 'exposure.added'
  | 'token.revoked'
  | 'actor.revoked'
  | 'enrolment.created'
  | 'enrolment.used'
  | 'assertion.exchanged'
  | 'policy.changed'
  | 'key.created'
  | 'key.activated'
  | 'key.retired'
  | 'admin.acted'
