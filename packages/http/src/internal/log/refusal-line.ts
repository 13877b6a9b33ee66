import { type CapabilityError, type CapabilityErrorCode, printable } from '@writ/core/verify'
import { PROBLEMS } from '../../problems.ts'
import type { RequestView } from '../../request-view.ts'

/** What a line says about a request. */
export type LoggedRequest = Pick<RequestView, 'method' | 'path'>

/** What differed, where no designation did. */
const NAMES: Partial<Record<CapabilityErrorCode, string>> = {
  wrong_resource: 'resource',
  wrong_operation: 'operation',
  wrong_subject: 'subject',
}

/**
 * A refusal as one line for the developer: the true code, the request, and what differed. Whatever a stranger has chosen is
 * printable and cut, so no token fits into it, and no text of it looks like another part of the line.
 */
export function refusalLine(
  error: CapabilityError,
  { method, path }: LoggedRequest,
  {
    report,
    rfc6750,
    hint,
  }: { readonly report: boolean; readonly rfc6750: boolean; readonly hint?: string | undefined },
): string {
  const { status, renew } = PROBLEMS[error.publicCode]
  const start = `${rfc6750 && renew ? 401 : status} ${error.code} ${word(method)} ${word(path)}`
  const place = error.block === undefined ? '' : ` (block ${error.block})`
  const more = [causeOf(error), hint].filter((one) => one !== undefined).map((one) => `; ${one}`)
  return `${start}: ${differenceIn(error)}${place}${more.join('')}${report ? '; report mode lets it pass' : ''}`
}

function differenceIn({ code, message, label, expected, actual }: CapabilityError): string {
  if (code === 'expired') return `the token ended at ${inTime(expected)}, and it is ${inTime(actual)}`
  const name = label === undefined || /^[\w.:-]+$/.test(label) ? (label ?? NAMES[code]) : quoted(label)
  if (name === undefined) return message
  if (expected === undefined)
    return actual === undefined ? `${message}: ${name}` : `${message}: ${name} ${quoted(actual)}`
  const side = label === undefined ? 'at this route' : code === 'wrong_anchor' ? 'at this service' : 'in the request'
  return `${name} is ${quoted(expected)} in the token, ${actual === undefined ? 'and nothing' : quoted(actual)} ${side}`
}

/** Unix seconds as a time of ISO 8601. A token may end in a year that no calendar has. */
function inTime(seconds: string | undefined): string {
  const time = new Date(Number(seconds) * 1000)
  return Number.isNaN(time.getTime()) ? `${seconds}` : time.toISOString().replace('.000Z', 'Z')
}

/** The failure underneath. Its text may come from anywhere. */
function causeOf({ cause }: CapabilityError): string | undefined {
  return cause instanceof Error ? printable(`${cause.name}: ${cause.message}`) : undefined
}

/** A quote of the text ends nothing, whatever stands before it. The escapes of `printable` stay as they are. */
function quoted(text: string): string {
  return `"${text.replace(/"|\\(?!u\{)/g, '\\$&')}"`
}

function word(text: string): string {
  return printable(text).replaceAll(' ', '%20')
}
