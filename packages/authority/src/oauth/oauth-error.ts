/** What went wrong at the token endpoint (RFC 6749 section 5.2, RFC 8693 section 2.2.2, RFC 9396 section 5). */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_authorization_details'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable'

/** The token endpoint refuses. `body` and `headers` are the answer. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode
  /** The HTTP status: 400, or 503 for `temporarily_unavailable`. */
  readonly status: 400 | 503
  /** Besides the content type: `Cache-Control`, and `Retry-After` where it helps. */
  readonly headers: Readonly<Record<string, string>>

  /** @param description - Printable ASCII without quotes and backslashes, and nothing that a stranger sent. */
  constructor(
    code: OAuthErrorCode,
    description: string,
    { retryAfter, cause }: { readonly retryAfter?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(description, { cause })
    this.code = code
    this.status = code === 'temporarily_unavailable' ? 503 : 400
    this.headers = {
      'Cache-Control': 'no-store',
      ...(this.status === 503 && { 'Retry-After': String(retryAfter ?? 5) }),
    }
  }

  /** The JSON body. */
  get body(): { readonly error: OAuthErrorCode; readonly error_description: string } {
    return { error: this.code, error_description: this.message }
  }
}
