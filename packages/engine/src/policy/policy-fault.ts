/** What is wrong with a policy or a schema. Rules marked in {@link STRICTER_RULES} do not exist in the Hessra open core. */
export type FaultRule =
  | 'parse'
  | 'too_large'
  | 'wrong_type'
  | 'missing_key'
  | 'anchor_conflict'
  | 'unknown_anchor'
  | 'unknown_parent'
  | 'parent_cycle'
  | 'duplicate_target'
  | 'duplicate_operation'
  | 'reserved_label'
  | 'unknown_label'
  | 'unknown_issuer'
  | 'unknown_subject'
  | 'duplicate_issuer'
  | 'duplicate_resource'
  | 'owner_required'
  | StricterRule

const STRICTER = [
  'unknown_key',
  'duplicate_object',
  'shadowed_declaration',
  'wrong_name',
  'wrong_value',
  'empty_list',
  'wrong_match',
  'wrong_pattern',
  'reserved_designation',
  'duplicate_designation',
  'not_delegatable',
  'parent_required',
  'unknown_target',
  'unknown_operation',
] as const

type StricterRule = (typeof STRICTER)[number]

/**
 * Rules that are warnings with `compat: 'hessra'`, so that every file that loads there loads here. In `issuers` and
 * `exchange_rules`, which it does not have, they are errors all the same.
 */
export const STRICTER_RULES: typeof STRICTER = /* @__PURE__ */ Object.freeze(STRICTER)

/** One fault, with the place where it is. */
export interface PolicyFault {
  readonly rule: FaultRule
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** The file, if the policy was read from one. */
  readonly file?: string | undefined
  /** Line in the TOML text, the first is 1. Not known for objects, nor in texts of more than one MiB. */
  readonly line?: number | undefined
  /** The `id` of the object, target or rule. */
  readonly object?: string | undefined
  /** The key within it, such as `capabilities[0].target`. */
  readonly key?: string | undefined
}

/**
 * A policy or a schema that cannot be used. It has every fault, but of a thousand at most, in the order of the files.
 *
 * @example
 * ```ts
 * import { PolicyError, parsePolicy } from '@writ/engine'
 *
 * try {
 *   parsePolicy('[[objects]]\nid = "agent:alice"\nparent = "agent:nobody"')
 * } catch (error) {
 *   if (error instanceof PolicyError) console.log(error.faults[0]?.rule, error.faults[0]?.line) // unknown_parent 3
 * }
 * ```
 */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly faults: readonly PolicyFault[]

  constructor(faults: readonly PolicyFault[]) {
    super(faults.map(describeFault).join('\n'))
    this.faults = Object.freeze([...faults])
  }
}

/** A longer name is cut. */
const MAX_NAME = 256

/**
 * Returns one line for one fault, such as `policy.toml:3: "agent:alice": parent: no object has the id "agent:nobody"`.
 *
 * @example
 * ```ts
 * import { describeFault, parsePolicy } from '@writ/engine'
 *
 * const policy = parsePolicy('[[objects]]\nid = "agent:alice"\nnote = "on leave"', { compat: 'hessra' })
 * for (const warning of policy.warnings) console.warn(describeFault(warning))
 * ```
 */
export function describeFault({ file, line, object, key, message }: PolicyFault): string {
  const place = [file, line].filter((part) => part !== undefined).join(':')
  const name = object === undefined ? undefined : JSON.stringify(object.slice(0, MAX_NAME))
  return [place, name, key, message].filter((part) => part !== undefined && part !== '').join(': ')
}
