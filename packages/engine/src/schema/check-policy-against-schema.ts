import type { Schema } from '@writ/core/verify'
import type { Policy } from '../policy/policy.ts'
import type { FaultRule, PolicyFault } from '../policy/policy-fault.ts'

/**
 * Finds what a policy grants and the schema does not know: targets, operations, and labels of `designations`, `left_to_holder` and
 * `attested_by`.
 *
 * @returns The faults; none if the two fit.
 *
 * @example
 * ```ts
 * import { checkPolicyAgainstSchema, parsePolicy, parseSchema } from '@writ/engine'
 *
 * const schema = parseSchema({ targets: [{ id: 'invoices', operations: [{ name: 'read' }] }] })
 * const policy = parsePolicy({ objects: [{ id: 'a:b', capabilities: [{ target: 'orders', operations: ['read'] }] }] })
 * console.log(checkPolicyAgainstSchema(policy, schema)[0]?.rule) // unknown_target
 * ```
 */
export function checkPolicyAgainstSchema(policy: Pick<Policy, 'objects'>, schema: Schema): readonly PolicyFault[] {
  const targets = new Set(schema.targets)
  const faults: PolicyFault[] = []
  for (const { id: object, grants } of policy.objects) {
    for (const [
      index,
      { target, operations, designations, leftToHolder = [], attestedBy = new Map() },
    ] of grants.entries()) {
      const add = (rule: FaultRule, key: string, message: string) =>
        faults.push({ rule, severity: 'error', message, object, key: `capabilities[${index}].${key}` })
      if (!targets.has(target)) {
        add('unknown_target', 'target', `the schema has no target ${JSON.stringify(target)}`)
        continue
      }
      for (const operation of operations) {
        const labels = schema.labels(target, operation)
        if (labels === undefined) {
          add(
            'unknown_operation',
            'operations',
            `the schema has no operation ${JSON.stringify(operation)} of this target`,
          )
          continue
        }
        const known = [...labels.required, ...labels.optional]
        const unknown = (key: string, named: Iterable<string>) => {
          for (const label of named) {
            if (known.includes(label)) continue
            add('unknown_label', key, `the schema has no label ${JSON.stringify(label)} for ${operation}`)
          }
        }
        unknown('designations', designations.keys())
        unknown('left_to_holder', leftToHolder)
        unknown('attested_by', attestedBy.keys())
      }
    }
  }
  return faults
}
