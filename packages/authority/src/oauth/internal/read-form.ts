import { OAuthError } from '../oauth-error.ts'

/**
 * The only value of a parameter; `undefined` for one without a value, as if it were not there (RFC 6749 section 3.2).
 *
 * @throws `OAuthError` `invalid_request` if it is there twice.
 */
export function readOne(form: URLSearchParams, name: string): string | undefined {
  const values = readAll(form, name)
  if (values.length > 1) throw new OAuthError('invalid_request', `the parameter ${name} is there more than once`)
  return values[0]
}

/** @throws `OAuthError` `invalid_request` if it is not there, or twice. */
export function readRequired(form: URLSearchParams, name: string): string {
  const value = readOne(form, name)
  if (value === undefined) throw new OAuthError('invalid_request', `the parameter ${name} is missing`)
  return value
}

/** All values of a parameter that may be there several times. */
export function readAll(form: URLSearchParams, name: string): readonly string[] {
  return form.getAll(name).filter((value) => value !== '')
}
