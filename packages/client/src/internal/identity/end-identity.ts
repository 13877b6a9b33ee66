import { number, object, safeParse } from 'valibot'
import type { EndedIdentity, EndIdentityRequest } from '../../client.ts'
import { ClientError } from '../../client-error.ts'
import type { AskAuthority } from '../authority/ask-authority.ts'
import { checkMembers, readText, readToken } from '../base/check.ts'
import type { IdentityKeeper } from './identity-keeper.ts'

const MOST_AT_ONCE = 100
const ANSWER = object({ sequence: number(), added: number() })

/** A request that was checked and copied. */
interface EndQuestion {
  readonly identity: string | undefined
  readonly names: readonly string[] | undefined
}

export function readEndRequest(request: EndIdentityRequest): EndQuestion {
  checkMembers('request', request, { identity: true, names: true })
  const { identity, names } = request
  if (identity !== undefined) readToken('request.identity', identity, 'an identity token')
  // Without names everything ends, so a list that is empty by mistake must not be taken for none.
  if (names !== undefined && (!Array.isArray(names) || names.length === 0)) {
    throw new TypeError('request.names: must be a list that is not empty')
  }
  return { identity, names: names?.map((name) => readText('request.names', name)) }
}

export async function endIdentity(
  { identity, names }: EndQuestion,
  ask: AskAuthority,
  keeper: IdentityKeeper,
): Promise<EndedIdentity> {
  const own = identity === undefined ? await keeper.current() : undefined
  const token = own?.token ?? (identity as string)
  if (names === undefined) {
    const ended = readAnswer(await ask('v1/identities/end', {}, token))
    if (own !== undefined) keeper.reject(own)
    return ended
  }
  let [sequence, added] = [0, 0]
  for (let start = 0; start < names.length; start += MOST_AT_ONCE) {
    const some = { names: names.slice(start, start + MOST_AT_ONCE) }
    const ended = readAnswer(await ask('v1/identities/end', some, token))
    sequence = Math.max(sequence, ended.sequence)
    added += ended.added
  }
  return { sequence, added }
}

function readAnswer(answer: unknown): EndedIdentity {
  const { success, output } = safeParse(ANSWER, answer)
  if (success) return output
  throw new ClientError('bad_answer', { cause: new Error('the answer does not say what was ended') })
}
