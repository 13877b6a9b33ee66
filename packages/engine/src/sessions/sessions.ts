/** An open session. */
export interface Session {
  readonly id: string
  readonly subject: string
  /** The labels that were ever recorded for the session and its forks. */
  readonly exposures: readonly string[]
}

/** What an act within a session leads to. */
export interface SessionOutcome<Result> {
  readonly result: Result
  /** Labels that are recorded with the act. */
  readonly exposures: readonly string[]
  /** A context that now belongs to the session too, with its end in Unix seconds. */
  readonly context?: SessionContext | undefined
}

/** A context of a session: the revocation id of its authority block, and its end in Unix seconds. */
export interface SessionContext {
  readonly id: string
  readonly expiresAt: number
}

/**
 * The record of sessions. A session is the first context with all of its copies and forks. It remembers every exposure, so
 * that an older copy of a context gains nothing.
 *
 * Where several processes mint, all of them must share one record.
 */
export interface Sessions {
  /**
   * Opens a session, together with the act that mints its first context.
   *
   * @param subject - The subject of the session.
   * @param act - Receives the labels of all open sessions of this subject and of the names above it.
   */
  open<Result>(
    subject: string,
    act: (inherited: readonly string[]) => Promise<SessionOutcome<Result> & { readonly context: SessionContext }>,
  ): Promise<Result>
  /**
   * Runs an act in the session of a context. No two acts of one session run at the same time. What the act leads to is
   * recorded when it succeeds; if it fails, nothing is.
   *
   * @param contextId - The revocation id of the context's authority block.
   * @param act - Receives the session; `undefined` if no open session has this context.
   */
  within<Result>(
    contextId: string,
    act: (session: Session | undefined) => Promise<SessionOutcome<Result>>,
  ): Promise<Result>
}
