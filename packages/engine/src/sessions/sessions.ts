/** An open session. */
export interface Session {
  readonly id: string
  readonly subject: string
  /** The labels that the session may have seen: its own, and those of related sessions. */
  readonly exposures: readonly string[]
}

/** A session to open. */
export interface SessionOpening {
  readonly subject: string
  /** Does not count what was recorded before. */
  readonly fresh: boolean
}

/** What an act within a session leads to. */
export interface SessionOutcome<Result> {
  readonly result: Result
  /** Labels that are recorded with the act. */
  readonly exposures: readonly string[]
  /** A context that now belongs to the session too. */
  readonly context?: SessionContext | undefined
}

/** A context of a session: the revocation id of its authority block, and its end in Unix seconds. */
export interface SessionContext {
  readonly id: string
  readonly expiresAt: number
}

/**
 * The record of sessions. A session is the first context with all of its copies and forks.
 *
 * Sessions are related if they are of one subject, or of names of which one is below the other: whoever speaks as the one
 * may speak as the other. What one of them has seen while another is open, both have seen. So neither an older copy of a
 * context nor another session sheds an exposure.
 *
 * Where several processes mint, all of them must share one record.
 */
export interface Sessions {
  /**
   * Opens a session, together with the act that mints its first context.
   *
   * @param act - Receives the labels that the session starts with.
   */
  open<Result>(
    opening: SessionOpening,
    act: (exposures: readonly string[]) => Promise<SessionOutcome<Result> & { readonly context: SessionContext }>,
  ): Promise<Result>
  /**
   * Runs an act in the session of a context. No two acts of related sessions run at the same time. What the act leads to is
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
