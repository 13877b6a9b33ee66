import type { Refusal, RefusalResponse } from '../refusal.ts'
import { isRecord } from './options.ts'

/** Headers that say how an answer ends. They are the server's: two lengths in one answer are read as two answers. */
const FRAMING: readonly string[] = [
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Applies what `onRefusal` returned to a refusal. Throws a `TypeError` if the result would not be a refusal. */
export function customiseRefusal(refusal: Refusal, response: RefusalResponse | undefined): Refusal {
  if (response === undefined) return refusal
  if (!isRecord(response)) throw new TypeError('onRefusal: must return an object or undefined')
  const { status = refusal.status, headers = {}, body = refusal.body } = response as RefusalResponse
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new TypeError('onRefusal: status must be one of 400 to 599')
  const text: unknown = typeof body === 'string' ? body : JSON.stringify(body)
  if (typeof text !== 'string') throw new TypeError('onRefusal: body must be a text or an object that JSON can hold')
  return Object.freeze({
    ...refusal,
    status,
    headers: mergeHeaders(refusal.headers, headers),
    body: text,
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
    if (!FRAMING.includes(name.toLowerCase())) merged.set(name.toLowerCase(), [name, value])
  }
  return Object.freeze(Object.fromEntries(merged.values()))
}
