import type { Duration } from '@writ/core/hold'

/** What a session asks for. */
export interface SessionRequest {
  readonly target: string
  readonly operation: string
  readonly designations: Readonly<Record<string, string>>
  readonly context: string
  readonly anchor?: string | undefined
  readonly singleUse?: boolean | undefined
}

/** What a session records. */
interface SessionExposure {
  readonly exposures: readonly string[]
  readonly source: string
}

/** What is used of a client of `@writ/client`. */
export interface SessionClient {
  mint(request: SessionRequest): Promise<{ readonly capability: string; readonly context: string | undefined }>
  openContext(opening: { readonly expiresIn?: Duration | undefined }): Promise<string>
  addExposure(context: string, exposure: SessionExposure): Promise<string>
  /** The same authority, asked with another identity. */
  as(identity: () => string): SessionClient
  identity(): Promise<string>
  close(): void
}

/** What is used of an engine of `@writ/engine`. */
export interface SessionEngine {
  mint(
    request: SessionRequest & { readonly identity: string },
  ): Promise<{ readonly capability: string; readonly context?: string | undefined }>
  mintContext(request: { readonly subject: string; readonly expiresIn?: Duration | undefined }): Promise<string>
  addExposure(context: string, exposure: SessionExposure): Promise<string>
}
