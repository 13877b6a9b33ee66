import { createVerifier } from '@writ/core/verify'
import type { Grant, PolicyObject } from '../policy.ts'
import { type Faults, type Place, within } from './faults.ts'
import { nameFault } from './names.ts'
import { type Table, TableReader } from './read-values.ts'
import { isSecureUrl } from './secure-url.ts'

const DEFAULT_IDENTITY_TTL = 3600
/** Labels that belong to options of their own. */
const RESERVED = ['anchor', 'facet']

/** An object with the place where it is declared. */
export interface Declared {
  readonly object: PolicyObject
  readonly place: Place
  /** The place of each grant. */
  readonly grants: readonly Place[]
}

/** Reads one entry of `objects`; `undefined` if it has no id. */
export function readObject(table: Table, at: Place, faults: Faults): Declared | undefined {
  const place = { ...at, object: typeof table['id'] === 'string' ? table['id'] : undefined }
  const reader = new TableReader(table, place, faults)
  reader.only('id', 'parent', 'can_delegate', 'subordinates', 'identity', 'capabilities', 'resource')
  const id = reader.requiredText('id')
  const parent = reader.text('parent')
  const canDelegate = reader.boolean('can_delegate') ?? false
  const subordinates = reader.choice('subordinates', ['inherit', 'declared']) ?? 'declared'
  const identity = readIdentity(reader.table('identity') ?? {}, within(place, 'identity'), faults)
  if (identity.delegatable && !canDelegate) {
    const message = 'needs can_delegate = true of the object'
    faults.add('not_delegatable', within(place, 'identity', 'delegatable'), message)
  }
  const resource = reader.text('resource')
  if (resource !== undefined && !isSecureUrl(resource, 'document')) {
    faults.add('wrong_value', within(place, 'resource'), 'must be an https URL')
  }
  const grants = reader
    .tables('capabilities')
    .map(([entry, where]) => ({ grant: readGrant(entry, where, faults), where }))
  if (id === undefined) return undefined
  const fault = nameFault(id, identity.delegatable)
  if (fault !== undefined) faults.add('wrong_name', within(place, 'id'), fault)
  const kept = grants.flatMap(({ grant, where }) => (grant === undefined ? [] : [{ grant, where }]))
  reportShadowed(kept, faults)
  const object = {
    id,
    resource,
    parent,
    canDelegate,
    subordinates,
    identity,
    grants: Object.freeze(kept.map(({ grant }) => grant)),
  }
  return { object: Object.freeze(object), place, grants: kept.map(({ where }) => where) }
}

function readIdentity(table: Table, place: Place, faults: Faults): PolicyObject['identity'] {
  const reader = new TableReader(table, place, faults)
  reader.only('ttl', 'delegatable')
  const ttl = reader.seconds('ttl') ?? DEFAULT_IDENTITY_TTL
  return Object.freeze({ ttl, delegatable: reader.boolean('delegatable') ?? false })
}

function readGrant(table: Table, place: Place, faults: Faults): Grant | undefined {
  const reader = new TableReader(table, place, faults)
  reader.only(
    ...['target', 'operations', 'anchor', 'anchor_to_subject', 'designations'],
    ...['max_ttl', 'left_to_holder', 'attested_by'],
  )
  const target = reader.requiredText('target')
  const operations = reader.requiredTexts('operations')
  const anchor = reader.text('anchor')
  const toSubject = reader.boolean('anchor_to_subject') ?? false
  if (anchor !== undefined && toSubject) {
    faults.add('anchor_conflict', within(place, 'anchor'), 'must not be there beside anchor_to_subject = true')
  }
  const designations = readDesignations(reader, faults)
  const maxTtl = reader.seconds('max_ttl')
  const leftToHolder = reader.texts('left_to_holder')
  for (const [index, label] of leftToHolder.entries()) {
    const at = within(place, 'left_to_holder', index)
    if (RESERVED.includes(label)) faults.add('reserved_designation', at, `the label "${label}" is reserved`)
    else if (designations.has(label))
      faults.add('wrong_value', at, `${JSON.stringify(label)} has a value in designations`)
  }
  const attestedBy = readAttesters(reader, within(place, 'attested_by'), faults)
  for (const label of leftToHolder) {
    if (!attestedBy.has(label)) continue
    faults.add(
      'wrong_value',
      within(place, 'attested_by', label),
      'must not be in left_to_holder: it is named at the mint',
    )
  }
  if (target === undefined) return undefined
  return Object.freeze({
    target,
    operations: Object.freeze(operations),
    anchor: toSubject ? Object.freeze({ subject: true as const }) : anchor,
    designations,
    maxTtl,
    leftToHolder: Object.freeze(leftToHolder),
    attestedBy,
  })
}

function readAttesters(reader: TableReader, place: Place, faults: Faults): ReadonlyMap<string, string> {
  const attesters = new Map<string, string>()
  for (const [label, key] of Object.entries(reader.table('attested_by') ?? {})) {
    const at = within(place, label)
    if (RESERVED.includes(label)) faults.add('reserved_designation', at, `the label "${label}" is reserved`)
    else if (label === '' || !isPublicKey(key)) faults.add('wrong_value', at, 'must be a label with a public key')
    else attesters.set(label, key)
  }
  return attesters
}

function isPublicKey(key: unknown): key is string {
  try {
    // Throws for a key that is none.
    if (typeof key === 'string') createVerifier({ keys: key, anchor: null })
    return typeof key === 'string'
  } catch {
    return false
  }
}

function readDesignations(reader: TableReader, faults: Faults): ReadonlyMap<string, string> {
  const designations = new Map<string, string>()
  for (const [table, place] of reader.tables('designations')) {
    const pair = new TableReader(table, place, faults)
    pair.only('label', 'value')
    const label = pair.requiredText('label')
    const value = pair.requiredText('value')
    if (label === undefined || value === undefined) continue
    if (RESERVED.includes(label)) {
      faults.add('reserved_designation', within(place, 'label'), `the label "${label}" is reserved`)
    }
    if (designations.has(label)) {
      faults.add('duplicate_designation', within(place, 'label'), `${JSON.stringify(label)} is there twice`)
    } else designations.set(label, value)
  }
  return designations
}

/** Of two declarations for one operation on one target, the first counts, so the second says what is not so. */
function reportShadowed(grants: readonly { grant: Grant; where: Place }[], faults: Faults): void {
  const seen = new Map<string, Set<string>>()
  for (const { grant, where } of grants) {
    const operations = seen.get(grant.target) ?? new Set()
    seen.set(grant.target, operations)
    for (const operation of grant.operations) {
      if (!operations.has(operation)) operations.add(operation)
      else {
        const what = `${JSON.stringify(operation)} on ${JSON.stringify(grant.target)}`
        faults.add('shadowed_declaration', within(where, 'operations'), `an earlier entry already grants ${what}`)
      }
    }
  }
}
