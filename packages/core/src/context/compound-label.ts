import { checkName } from '../internal/base/options.ts'
import { checkLabel, joinMembers, membersOf } from './internal/labels.ts'

/**
 * Makes the label for exposure to several things together, such as `classification:pii&classification:secret`. The
 * members are sorted, without duplicates, and joined by `&`, so that each compound has one spelling.
 *
 * @param members - At least two different labels, none of which is a compound itself.
 * @throws `TypeError` that starts with `members`.
 *
 * @example
 * ```ts
 * import { compoundLabel } from '@writ/core'
 *
 * const label = compoundLabel(['secret', 'pii']) // pii&secret
 * ```
 */
export function compoundLabel(members: readonly string[]): string {
  if (!Array.isArray(members)) throw new TypeError('members: must be an array of labels')
  for (const [index, member] of members.entries()) {
    checkLabel(`members[${index}]`, member)
    if (membersOf(member).length > 1) throw new TypeError(`members[${index}]: must not be a compound label itself`)
  }
  const label = joinMembers(members)
  if (membersOf(label).length < 2) throw new TypeError('members: must be at least two different labels')
  checkName('members', label)
  return label
}
