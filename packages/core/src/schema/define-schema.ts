import { ANCHOR, FACET } from '../internal/base/labels.ts'
import { checkName, checkOptions, isPlainObject } from '../internal/base/options.ts'
import { printable } from '../internal/base/printable.ts'
import type { OperationLabels, Schema, SchemaDefinition, SchemaLabels, TargetDefinition } from './schema.ts'

const TARGET = { operations: true, context: true } satisfies Record<keyof TargetDefinition, true>
const OPERATION = { required: true, optional: true } satisfies Record<keyof OperationLabels, true>
const NO_LABELS: readonly string[] = Object.freeze([])

/**
 * Declares which resources there are, what can be done with each, and which labels must name the object.
 *
 * The same schema serves the engine that mints and the guard that verifies, so that they cannot drift apart.
 *
 * @param definition - From target (the resource of a capability) to its operations. See {@link SchemaDefinition}.
 * @returns A frozen schema, independent of `definition`.
 * @throws `TypeError` that starts with the path to what is wrong, such as `invoices.operations.read.required`.
 *
 * @example
 * ```ts
 * import { defineSchema } from '@writ/core'
 *
 * const schema = defineSchema({
 *   invoices: {
 *     operations: {
 *       list: { required: ['tenantId'] },
 *       read: { required: ['tenantId'], optional: ['invoiceId'] },
 *     },
 *   },
 * })
 * console.log(schema.labels('invoices', 'read')?.required) // [ 'tenantId' ]
 * ```
 */
export function defineSchema<const Definition extends SchemaDefinition>(definition: Definition): Schema<Definition> {
  if (!isPlainObject(definition)) throw new TypeError('schema: must be an object from target to its operations')
  const targets = new Map(Object.entries(definition).map(([id, target]) => [id, readTarget(id, target)]))
  const ids = Object.freeze([...targets.keys()])
  return Object.freeze({
    targets: ids,
    operations: (target: string) => targets.get(target)?.names ?? NO_LABELS,
    labels: (target: string, operation: string) => targets.get(target)?.operations.get(operation),
    demandsContext: (target: string) => targets.get(target)?.context === 'required',
  }) as Schema<Definition>
}

interface Target {
  readonly context: 'required' | 'optional'
  readonly names: readonly string[]
  readonly operations: ReadonlyMap<string, SchemaLabels>
}

function readTarget(id: string, target: TargetDefinition): Target {
  const path = printable(id) as string
  checkName(`${path} (target)`, id)
  checkOptions(path, target, TARGET)
  const { operations, context = 'optional' } = target
  if (context !== 'required' && context !== 'optional') {
    throw new TypeError(`${path}.context: must be 'required' or 'optional'`)
  }
  if (!isPlainObject(operations)) throw new TypeError(`${path}.operations: must be an object from name to labels`)
  const read = new Map(Object.entries(operations).map(([name, labels]) => [name, readOperation(path, name, labels)]))
  return { context, names: Object.freeze([...read.keys()]), operations: read }
}

function readOperation(target: string, name: string, labels: OperationLabels): SchemaLabels {
  const path = `${target}.operations.${printable(name)}`
  checkName(`${path} (operation)`, name)
  checkOptions(path, labels, OPERATION)
  const required = readLabels(`${path}.required`, labels.required)
  const optional = readLabels(`${path}.optional`, labels.optional)
  const twice = optional.find((label) => required.includes(label))
  if (twice !== undefined) throw new TypeError(`${path}.optional: ${printable(twice)} is required as well`)
  return Object.freeze({ required, optional })
}

function readLabels(path: string, labels: unknown): readonly string[] {
  if (labels === undefined) return NO_LABELS
  if (!Array.isArray(labels)) throw new TypeError(`${path}: must be an array of labels`)
  for (const [index, label] of labels.entries()) {
    checkName(`${path}[${index}]`, label)
    if (label === ANCHOR || label === FACET) throw new TypeError(`${path}[${index}]: the label is reserved`)
    if (labels.indexOf(label) !== index) throw new TypeError(`${path}[${index}]: the label is there twice`)
  }
  return Object.freeze([...labels])
}
