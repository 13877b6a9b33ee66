/**
 * The keys of an authority cannot be used, so it cannot start, or goes on with those that it has opened.
 *
 * @example
 * ```ts
 * import { KeyError, serveAuthority } from '@writ/authority'
 *
 * const error = await serveAuthority({ environment: { WRIT_MASTER_KEY: 'short' } }).catch((error) => error)
 * if (error instanceof KeyError) console.log(error.message)
 * ```
 */
export class KeyError extends Error {
  override readonly name = 'KeyError'
  /** The key; undefined if it is about none in particular. */
  readonly keyId: number | undefined

  constructor(message: string, keyId?: number, options?: ErrorOptions) {
    super(keyId === undefined ? message : `key ${keyId}: ${message}`, options)
    this.keyId = keyId
  }
}
