import { defineSchema, type OperationLabels, type Schema, type TargetDefinition } from '@writ/core/verify'
import type { Document } from '../../policy/internal/document.ts'
import { type Faults, type Place, within } from '../../policy/internal/faults.ts'
import { isTable, type Table, TableReader } from '../../policy/internal/read-values.ts'
import { PolicyError } from '../../policy/policy-fault.ts'

const RESERVED = ['anchor', 'facet']
/** More labels than a verifier reads checks name no object. */
const MAX_LABELS = 128

/** Reads a schema from all of its documents. Throws one error with every fault. */
export function readSchema(documents: readonly Document[], faults: Faults): Schema {
  const targets: Record<string, TargetDefinition> = Object.create(null)
  for (const document of documents) {
    const place: Place = { document, path: [], object: undefined }
    if (!isTable(document.root)) {
      faults.add('wrong_type', place, 'must be a table')
      continue
    }
    for (const [table, where] of new TableReader(document.root, place, faults).tables('targets')) {
      readTarget(table, where, targets, faults)
    }
  }
  if (faults.errors.length > 0) throw new PolicyError(faults.all)
  return defineSchema(targets)
}

function readTarget(table: Table, at: Place, targets: Record<string, TargetDefinition>, faults: Faults): void {
  const place = { ...at, object: typeof table['id'] === 'string' ? table['id'] : undefined }
  const reader = new TableReader(table, place, faults)
  reader.only('id', 'context', 'operations')
  const id = reader.requiredText('id')
  const context = reader.choice('context', ['required', 'optional'])
  const operations: Record<string, OperationLabels> = Object.create(null)
  for (const [entry, where] of reader.tables('operations')) {
    const operation = new TableReader(entry, where, faults)
    operation.only('name', 'designations', 'required_designations')
    const name = operation.requiredText('name')
    const labels = readLabels(operation, where, faults)
    if (name === undefined) continue
    if (Object.hasOwn(operations, name)) {
      faults.add('duplicate_operation', within(where, 'name'), 'an earlier operation of this target has the same name')
    }
    operations[name] = labels
  }
  if (id === undefined) return
  if (Object.hasOwn(targets, id))
    faults.add('duplicate_target', within(place, 'id'), 'an earlier target has the same id')
  targets[id] = { operations, ...(context === undefined ? {} : { context }) }
}

function readLabels(operation: TableReader, place: Place, faults: Faults): OperationLabels {
  const at = within(place, 'designations')
  const designations = new TableReader(operation.table('designations') ?? {}, at, faults)
  designations.only('required', 'optional')
  const older = operation.texts('required_designations')
  const required = [...new Set([...older, ...designations.texts('required')])]
  const optional = designations.texts('optional')
  if (required.length + optional.length > MAX_LABELS) {
    faults.add('too_large', place, `must not have more than ${MAX_LABELS} labels`)
    return { required: [], optional: [] }
  }
  for (const label of [...required, ...optional]) {
    if (RESERVED.includes(label)) faults.add('reserved_label', place, `the label "${label}" is reserved`)
  }
  const twice = optional.find((label) => required.includes(label))
  if (twice !== undefined)
    faults.add('wrong_value', within(at, 'optional'), `${JSON.stringify(twice)} is required as well`)
  return { required, optional: optional.filter((label) => label !== twice) }
}
