import { ClientError } from '../../client-error.ts'
import type { IdentityKeeper } from '../identity/identity-keeper.ts'
import type { ProvenIdentity } from '../identity/prove-identity.ts'
import type { AskAuthority } from './ask-authority.ts'

/** An answer, and the identity that it is for. */
export interface AnswerTo {
  readonly answer: unknown
  readonly by: ProvenIdentity
}

/** A `POST` with an identity. Default: the one that the client has now. */
export type AskAsIdentity = (path: string, body: object, identity?: ProvenIdentity) => Promise<AnswerTo>

/** An identity may have been revoked since it was obtained; a client that can get another one then asks with that. */
export function createAskAsIdentity(ask: AskAuthority, keeper: IdentityKeeper): AskAsIdentity {
  return async (path, body, identity) => {
    const first = identity ?? (await keeper.current())
    try {
      return { answer: await ask(path, body, first.token), by: first }
    } catch (error) {
      if (!isUnauthenticated(error)) throw error
      keeper.reject(first)
      const by = await keeper.current().catch((next: unknown) => {
        // The authority's own word says more than that there is no other identity.
        throw isUnauthenticated(next) ? error : next
      })
      return { answer: await ask(path, body, by.token), by }
    }
  }
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'unauthenticated'
}
