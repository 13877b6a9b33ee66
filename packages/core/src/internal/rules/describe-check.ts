import { ANCHOR, FACET } from '../base/labels.ts'
import { printable } from '../base/printable.ts'
import type { PlacedCheck } from '../evaluate/check.ts'
import type { World } from '../evaluate/world.ts'
import { type Check, isString, type Query } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { matchQuery, onlyQuery, type QueryPattern, string, variable } from '../token/match-query.ts'
import { askedPair, trustedKey } from './asked-pair.ts'
import { literalEnd } from './expiry.ts'

/** `activation($time)` */
const ACTIVATION: QueryPattern = { body: [['activation', variable('time')]] }
/** `exposure({label})` */
const EXPOSURE: QueryPattern = { body: [['exposure', string('label')]] }
const MAX_DATE_SECONDS = 253_402_300_799n

/**
 * What a check demands, in words. Strings of the token are quoted and cannot break a line.
 *
 * @param stated - The facts that the token states.
 */
export function describeCheck(placed: PlacedCheck, blocks: readonly SignedBlock[], stated: World): string {
  const { check, block } = placed
  const end = literalEnd(placed, blocks, stated)
  if (end !== undefined) return `the time is before ${describeTime(end)}`
  const rejected = onlyQuery(check, 'reject')
  const label = rejected && matchQuery(rejected, EXPOSURE)?.get('label')
  if (isString(label)) return `the session was not exposed to ${quote(label.value)}`
  const query = onlyQuery(check, 'one')
  return (query && describeQuery(query, block, blocks)) ?? describeOther(check)
}

function describeQuery(query: Query, block: number, blocks: readonly SignedBlock[]): string | undefined {
  const by = trustedKey(query, block, blocks)
  const pair = askedPair(query)
  if (pair !== undefined) {
    const said = by === undefined ? '' : `, and the holder of ${by} has said so`
    return describeDesignation(pair.label, pair.value) + said
  }
  if (by !== undefined && matchQuery(query, ACTIVATION) !== undefined) return `the holder of ${by} has activated it`
  const names = query.body.map(({ name }) => name)
  if (names.length === 3 && ['resource', 'operation', 'right'].every((name) => names.includes(name)))
    return 'the request asks for what the token grants'
  return undefined
}

function describeDesignation(label: string, value: string): string {
  if (label === ANCHOR) return `it is used at ${quote(value)}`
  if (label === FACET) return 'it was not used before'
  return `${printable(label)} is ${quote(value)}`
}

/** A form that no writer of ours makes. */
function describeOther({ kind, queries }: Check): string {
  const names = [...new Set(queries.flatMap(({ body }) => body.map(({ name }) => printable(name))))]
  const about = names.length === 0 ? 'constants' : names.join(', ')
  return `${kind === 'reject' ? 'a condition is not met' : 'a condition is met'} that is about ${about}`
}

function describeTime(seconds: bigint): string {
  if (seconds < 0n || seconds > MAX_DATE_SECONDS) return `the second ${seconds}`
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`
}

function quote(value: string): string {
  return `"${printable(value)}"`
}
