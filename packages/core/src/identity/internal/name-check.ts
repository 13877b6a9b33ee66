import { isIdentityName } from '../../internal/base/identity-name.ts'
import { printable } from '../../internal/base/printable.ts'
import type { PlacedCheck } from '../../internal/evaluate/check.ts'
import { isString } from '../../internal/token/datalog.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import {
  binary,
  closure,
  integer,
  matchQuery,
  onlyQuery,
  type QueryPattern,
  string,
  text,
  variable,
} from '../../internal/token/match-query.ts'

/** `check if actor($a), $a == {name}`. If it is open, ` || $a.starts_with({name} + ":")` follows. */
export interface NameCheck {
  readonly name: string
  /** Whether the bearer may also speak as every name below it. */
  readonly open: boolean
}

/** `check if actor_depth($d), $d <= {most}`. */
export interface DepthCheck {
  readonly most: bigint
}

/** Whether a predicate is one of the two about the name that a verifier of identities asserts. */
export function isAboutNames({ name }: { readonly name: string }): boolean {
  return name === 'actor' || name === 'actor_depth'
}

const IS_NAME = [variable('actor'), string('name'), binary('equal', 'strictEqual')] as const
const IS_BELOW = [variable('actor'), string('name'), text(':'), binary('add'), binary('prefix')] as const

/** Current minters write `==` and a lazy `||`, older ones `===` and an eager `||`. */
const CLOSED: QueryPattern = { body: [['actor', variable('actor')]], expression: IS_NAME }
const OPEN: readonly QueryPattern[] = [
  { ...CLOSED, expression: [...IS_NAME, closure(...IS_BELOW), binary('lazyOr')] },
  { ...CLOSED, expression: [...IS_NAME, ...IS_BELOW, binary('or')] },
]
const DEPTH: QueryPattern = {
  body: [['actor_depth', variable('depth')]],
  expression: [variable('depth'), integer('most'), binary('lessOrEqual')],
}

/**
 * Reads a check about the name. It must have exactly a form that minters write, the default scope, and a name that
 * could have been minted; otherwise the result is `undefined`.
 */
export function readNameCheck(
  { check, block }: PlacedCheck,
  blocks: readonly SignedBlock[],
): NameCheck | DepthCheck | undefined {
  const query = onlyQuery(check, 'one')
  if (query?.scopes.length !== 0 || blocks[block]?.content.scopes.length !== 0) return undefined
  const most = matchQuery(query, DEPTH)?.get('most')
  if (most?.type === 'integer') return { most: most.value }
  const closed = matchQuery(query, CLOSED)
  const captures = closed ?? OPEN.map((pattern) => matchQuery(query, pattern)).find((one) => one !== undefined)
  const name = captures?.get('name')
  const open = closed === undefined
  return isString(name) && isIdentityName(name.value, open) ? { name: name.value, open } : undefined
}

/** What a check about the name demands, in words; `undefined` for every other check. */
export function describeNameCheck(placed: PlacedCheck, blocks: readonly SignedBlock[]): string | undefined {
  const check = readNameCheck(placed, blocks)
  if (check === undefined) return undefined
  if ('most' in check) return `its bearer speaks as a name of at most ${check.most} segments`
  const name = `"${printable(check.name)}"`
  return check.open ? `its bearer speaks as ${name}, or as a name below it` : `its bearer speaks as ${name}`
}
