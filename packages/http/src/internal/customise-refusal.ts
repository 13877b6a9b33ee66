import type { Refusal, RefusalResponse } from '../refusal.ts'
import { isRecord } from './options.ts'

/** Applies what `onRefusal` returned to a refusal. Throws a `TypeError` if the result would not be a refusal. */
export function customiseRefusal(refusal: Refusal, response: RefusalResponse | undefined): Refusal {
  if (response === undefined) return refusal
  if (!isRecord(response)) throw new TypeError('onRefusal: must return an object or undefined')
  const { status = refusal.status, headers = {}, body = refusal.body } = response as RefusalResponse
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new TypeError('onRefusal: status must be one of 400 to 599')
  return Object.freeze({
    ...refusal,
    status,
    headers: mergeHeaders(refusal.headers, headers),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** Later headers replace earlier ones of the same name, in any case. */
function mergeHeaders(
  defaults: Readonly<Record<string, string>>,
  custom: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const merged = new Map<string, readonly [string, string]>()
  for (const [name, value] of [...Object.entries(defaults), ...Object.entries(custom)]) {
    // Checked here, because a framework would throw when the answer is half written.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || typeof value !== 'string' || !/^[\t -~\x80-\xff]*$/.test(value))
      throw new TypeError('onRefusal: headers must have names and values that can be sent')
    merged.set(name.toLowerCase(), [name, value])
  }
  return Object.freeze(Object.fromEntries(merged.values()))
}
