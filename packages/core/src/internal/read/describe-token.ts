import { idsOf } from '../rules/revocation.ts'
import type { AdmittedToken } from './admit-token.ts'
import type { VerifiedToken } from './verified-token.ts'

/**
 * The result of a verification: the members of its kind, and those of every verified token. The token itself is a
 * hidden getter, so that printing or copying the result does not reveal it.
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

/**
 * Controls how Node prints an object. Without it, the print options `showHidden` and `getters` would reveal the token.
 */
const PRINT = Symbol.for('nodejs.util.inspect.custom')

function printMembers<Options>(
  this: object,
  _depth: number,
  options: Options,
  print: (value: object, options: Options) => string,
) {
  return print({ ...this }, options)
}
