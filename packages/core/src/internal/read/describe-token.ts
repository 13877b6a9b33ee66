import type { AdmittedToken } from './admit-token.ts'
import type { VerifiedToken } from './verified-token.ts'

/**
 * The result of a verification: the members of its kind, and those of every verified token. The token itself is a
 * hidden getter, so that printing or copying the result does not reveal it.
 */
export function describeToken<Particular extends object>(
  admitted: AdmittedToken<unknown>,
  particular: Particular,
): Readonly<Particular> & VerifiedToken {
  return new DescribedToken(admitted, particular) as DescribedToken & Particular
}

/** A class, because defining a getter on each result takes several times as long. */
class DescribedToken implements VerifiedToken {
  readonly #token: AdmittedToken<unknown>['token']
  declare readonly expiresAt: number
  declare readonly revocationIds: readonly string[]
  declare readonly rootKeyId: number | undefined

  constructor({ token, end, revocationIds }: AdmittedToken<unknown>, particular: object) {
    this.#token = token
    Object.assign(this, particular)
    this.expiresAt = Number(end.at)
    this.revocationIds = revocationIds
    this.rootKeyId = token.rootKeyId
    Object.freeze(this)
  }

  get token(): string {
    return this.#token.text
  }

  /** How Node prints it. Without this, the print options `showHidden` and `getters` would reveal the token. */
  [Symbol.for('nodejs.util.inspect.custom')]<Options>(
    _depth: number,
    options: Options,
    print: (value: object, options: Options) => string,
  ): string {
    return print({ ...this }, options)
  }
}
