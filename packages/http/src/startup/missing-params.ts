import type { GuardDescription } from '../requirement-of.ts'

/** Whether a path has a param of that name, or a wildcard of that name, which may hold several values. */
export type HasParam = (name: string) => boolean | 'wildcard'

/**
 * Lists the designations that can never be met, because their param is not in the path of the guard. For the start-up checks of
 * adapters, which write the path or the handler in front of each line.
 *
 * @param description - What `requirementOf` says of the guard. `undefined` and `'public'` designate nothing.
 * @param hasParam - Whether the path of the guard has a param of that name.
 * @returns One line per param that is missing, for `reportUnguarded`. Empty if nothing is missing.
 *
 * @example
 * ```ts
 * import { compileRequirement, missingParams } from '@writ/http'
 *
 * const requirement = compileRequirement({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] })
 * console.log(missingParams(requirement, (name) => name === 'tenantId'))
 * // [ 'designate: "invoiceId" is not a param of this path' ]
 * ```
 */
export function missingParams(description: GuardDescription | undefined, hasParam: HasParam): string[] {
  if (description === undefined || description === 'public') return []
  return [description].flat().flatMap(({ designate }) =>
    Object.values(designate).flatMap((source) => {
      if (typeof source !== 'string') return []
      const found = hasParam(source)
      if (found === true) return []
      return found === 'wildcard'
        ? [`designate: "${source}" is a wildcard with several values, use a function`]
        : [`designate: "${source}" is not a param of this path`]
    }),
  )
}
