import { idsOf } from '../rules/revocation.ts'
import type { AdmittedToken } from './admit-token.ts'
import type { VerifiedToken } from './verified-token.ts'

/**
 * What a verifier hands out: what is particular to the kind, and what every verified token has. The token itself is there for
 * whoever asks for it by name: a getter, so that printing or copying what was verified does not show it.
 */
export function describeToken<Particular extends object>(
  { token, end }: AdmittedToken<unknown>,
  particular: Particular,
): Readonly<Particular> & VerifiedToken {
  const described = {
    ...particular,
    expiresAt: Number(end.at),
    revocationIds: idsOf(token),
    rootKeyId: token.rootKeyId,
  }
  Object.defineProperties(described, { token: { get: () => token.text }, [PRINT]: { value: printMembers } })
  return Object.freeze(described) as typeof described & VerifiedToken
}

/** How Node and what follows it print an object; without it, `showHidden` with `getters` would print the token. */
const PRINT = Symbol.for('nodejs.util.inspect.custom')

function printMembers<Options>(
  this: object,
  _depth: number,
  options: Options,
  print: (value: object, options: Options) => string,
) {
  return print({ ...this }, options)
}
