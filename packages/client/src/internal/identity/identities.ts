import type { Keys } from '@writ/core/hold'
import { object, safeParse, string } from 'valibot'
import { ClientError } from '../../client-error.ts'
import type { IdentitySource } from '../../identity-source.ts'
import type { Snapshot } from '../../remote/snapshot.ts'
import type { AskAuthority } from '../authority/ask-authority.ts'
import type { Runtime } from '../base/runtime.ts'
import { type ProvenIdentity, proveIdentity } from './prove-identity.ts'

/** How identities are come by. All of them are proven. */
export interface Identities {
  /** The first one, or another one in place of one that is not accepted. */
  obtain(): Promise<ProvenIdentity>
  /** The next one of a session. Absent: a new one is obtained each time. */
  refresh?(current: ProvenIdentity): Promise<ProvenIdentity>
}

const ANSWER = object({ identity: string() })

export function createIdentities(source: IdentitySource, ask: AskAuthority, keys: Keys, runtime: Runtime): Identities {
  const prove = (token: string) => proveIdentity(token, keys)
  const exchange = async (body: object) => prove(identityIn(await ask('v1/identities', body)))
  const refresh = async ({ token }: ProvenIdentity) => prove(identityIn(await ask('v1/identities/refresh', {}, token)))

  if (typeof source === 'function') return { obtain: async () => owned(prove, await supplied(source)) }
  if (typeof source === 'string') {
    const obtain = once(async () => owned(prove, source))
    return { obtain, refresh }
  }
  if ('assertion' in source) {
    return { obtain: async () => exchange({ assertion: await supplied(source.assertion) }) }
  }

  const { secret, snapshot } = source
  const enrol =
    typeof secret === 'string'
      ? once(() => (secret === '' ? noSecret() : exchange({ secret })))
      : async () => exchange({ secret: await supplied(secret) })
  if (snapshot === undefined) return { obtain: enrol, refresh }
  return withSnapshot({ obtain: enrol, refresh }, snapshot, prove, runtime.now)
}

async function noSecret(): Promise<never> {
  throw new ClientError('unauthenticated', { cause: new Error('there is no secret, and the snapshot has no identity') })
}

/** An identity outlives the process: what was kept is tried first, and once. */
function withSnapshot(
  { obtain, refresh }: Required<Identities>,
  snapshot: Snapshot,
  prove: (token: string) => Promise<ProvenIdentity>,
  now: () => number,
): Identities {
  const kept = once(async () => {
    const token = await snapshot.read()
    const identity = token ? await prove(token) : undefined
    return identity !== undefined && identity.expiresAt > now() ? identity : undefined
  })
  const keep = async (identity: ProvenIdentity) => {
    await snapshot.write(identity.token).catch(() => {})
    return identity
  }
  return {
    // A snapshot that cannot be read, or that somebody else wrote, is none.
    obtain: async () => (await kept().catch(() => undefined)) ?? keep(await obtain()),
    refresh: async (current) => keep(await refresh(current)),
  }
}

/** Works until it has succeeded. */
function once<Result>(act: () => Promise<Result>): () => Promise<Result> {
  let done = false
  return async () => {
    if (done) throw new ClientError('unauthenticated', { cause: new Error('the only credential was used') })
    const result = await act()
    done = true
    return result
  }
}

/** A token that the user of the client supplies. */
async function owned(prove: (token: string) => Promise<ProvenIdentity>, token: string): Promise<ProvenIdentity> {
  try {
    return await prove(token)
  } catch (cause) {
    if (cause instanceof ClientError && cause.code === 'unavailable') throw cause
    throw new ClientError('unauthenticated', { cause })
  }
}

async function supplied(supplier: () => string | Promise<string>): Promise<string> {
  let value: unknown
  try {
    value = await supplier()
  } catch (cause) {
    throw new ClientError('unauthenticated', { cause })
  }
  if (typeof value === 'string' && value !== '') return value
  throw new ClientError('unauthenticated', { cause: new TypeError('identity: the function must return a text') })
}

function identityIn(answer: unknown): string {
  const { success, output } = safeParse(ANSWER, answer)
  if (success) return output.identity
  throw new ClientError('bad_answer', { cause: new Error('the answer holds no identity') })
}
