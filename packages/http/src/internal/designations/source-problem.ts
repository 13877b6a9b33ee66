import type { CapabilityErrorCode } from '@writ/core/verify'

/**
 * Why a source of a designation names nothing. The message is for operators; it says nothing that the request holds.
 *
 * - `source_empty`: another request to this route could fill it.
 * - `source_missing`: no request to this route could, so whoever wrote the route is to blame.
 *
 * A request that gives several values names nothing either: the guard and the handler might read different ones.
 */
export class SourceProblem extends Error {
  override readonly name: string = 'SourceProblem'
  readonly code: Extract<CapabilityErrorCode, 'source_empty' | 'source_missing'>

  constructor(code: SourceProblem['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Throws that the request leaves a source empty. */
export function empty(message: string): never {
  throw new SourceProblem('source_empty', message)
}
