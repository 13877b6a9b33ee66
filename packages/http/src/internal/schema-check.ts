import type { Schema, SchemaLabels } from '@writ/core/verify'
import type { FrozenRequirement } from '../requirement.ts'

/** Throws a `TypeError` if a requirement does not fit a schema. */
export type RequirementCheck = (requirement: FrozenRequirement<never>) => void

/** The operations that follow from a method. */
const BY_METHOD = ['read', 'write'] as const

/** Reads the option `schema`. */
export function readSchema(schema: unknown): Schema | undefined {
  if (schema === undefined) return undefined
  const { targets, labels } = (schema ?? {}) as Partial<Schema>
  if (Array.isArray(targets) && typeof labels === 'function') return schema as Schema
  throw new TypeError('schema: must be made by defineSchema, parseSchema or alike; a promise must be awaited')
}

/** Returns a function that checks each requirement once. Without a schema, everything fits. */
export function schemaCheck(schema: Schema | undefined): RequirementCheck {
  if (schema === undefined) return () => {}
  const fitting = new WeakSet<object>()
  return (requirement) => {
    if (fitting.has(requirement)) return
    for (const operation of operationsOf(requirement, schema)) checkOperation(requirement, operation, schema)
    fitting.add(requirement)
  }
}

/** The operations that a requirement may ask for, all of which the schema must know: a guard does not know the methods of its route. */
function operationsOf({ resource, operation }: FrozenRequirement<never>, schema: Schema): readonly string[] {
  if (!schema.targets.includes(resource)) throw new TypeError(`resource: the schema has no ${quote(resource)}`)
  if (operation !== undefined) {
    if (schema.labels(resource, operation) !== undefined) return [operation]
    throw new TypeError(`operation: the schema has no ${quote(operation)} of ${quote(resource)}`)
  }
  const unknown = BY_METHOD.find((name) => schema.labels(resource, name) === undefined)
  if (unknown === undefined) return BY_METHOD
  throw new TypeError(
    `operation: must be named. Without it a method may ask for ${quote(unknown)}, which the schema does not have for ${quote(resource)}`,
  )
}

function checkOperation(requirement: FrozenRequirement<never>, operation: string, schema: Schema): void {
  const { resource, designate, allowUndesignated } = requirement
  const { required, optional } = schema.labels(resource, operation) as SchemaLabels
  const right = `${quote(operation)} of ${quote(resource)}`
  const missing = required.find((label) => !Object.hasOwn(designate, label))
  if (missing !== undefined)
    throw new TypeError(`designate.${missing}: is missing. The schema requires it for ${right}`)
  const unknown = Object.keys(designate).find((label) => !required.includes(label) && !optional.includes(label))
  if (unknown !== undefined)
    throw new TypeError(`designate: the schema does not know the label ${quote(unknown)} for ${right}`)
  const unbound = required.find((label) => allowUndesignated === true || isListed(allowUndesignated, label))
  if (unbound === undefined) return
  throw new TypeError(
    `allowUndesignated: must not cover ${quote(unbound)}, which the schema requires for ${right}. List the labels that may be missing`,
  )
}

function isListed(labels: boolean | readonly string[], label: string): boolean {
  return typeof labels !== 'boolean' && labels.includes(label)
}

function quote(name: string): string {
  return JSON.stringify(name)
}
