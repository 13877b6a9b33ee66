import type { Policy } from '../policy.ts'
import { PolicyError } from '../policy-fault.ts'
import { checkLinks } from './check-links.ts'
import type { Document } from './document.ts'
import { checkExchange } from './exchange/check-exchange.ts'
import { type PlacedIssuer, type PlacedRule, readExchangeRule, readIssuer } from './exchange/read-exchange.ts'
import { type Faults, type Place, within } from './faults.ts'
import { listPolicy } from './list-policy.ts'
import { readClassifications, readExposureRule } from './read-exposure.ts'
import { type Declared, readObject } from './read-object.ts'
import { isTable, TableReader } from './read-values.ts'

/** The section of a schema, which may stand in the same file. */
const SCHEMA_SECTION = 'targets'

/** Reads a policy from all of its documents. Throws one error with every fault. */
export function readPolicy(documents: readonly Document[], faults: Faults): Policy {
  const declared: Declared[] = []
  const classifications = new Map<string, readonly string[]>()
  const exposureRules = []
  const issuers: PlacedIssuer[] = []
  const exchangeRules: PlacedRule[] = []
  for (const document of documents) {
    const place: Place = { document, path: [], object: undefined }
    if (!isTable(document.root)) {
      faults.add('wrong_type', place, 'must be a table')
      continue
    }
    const reader = new TableReader(document.root, place, faults)
    reader.only('objects', 'classifications', 'exposure_rules', 'issuers', 'exchange_rules', SCHEMA_SECTION)
    for (const [table, where] of reader.tables('objects')) {
      const object = readObject(table, where, faults)
      if (object !== undefined) declared.push(object)
    }
    const at = within(place, 'classifications')
    for (const [target, labels] of readClassifications(reader.table('classifications') ?? {}, at, faults)) {
      // In two files, labels of one target add up: a session is never exposed to less than one of them says.
      classifications.set(target, [...new Set([...(classifications.get(target) ?? []), ...labels])])
    }
    for (const [table, where] of reader.tables('exposure_rules')) {
      exposureRules.push(readExposureRule(table, where, faults))
    }
    for (const [table, where] of reader.tables('issuers')) issuers.push(...readIssuer(table, where, faults))
    for (const [table, where] of reader.tables('exchange_rules')) {
      exchangeRules.push(...readExchangeRule(table, where, faults))
    }
  }
  const byId = indexById(declared, faults)
  checkLinks(declared, byId, faults)
  const policy = listPolicy({
    objects: Object.freeze([...byId.values()].map(({ object }) => object)),
    classifications,
    exposureRules: Object.freeze(exposureRules),
    issuers: Object.freeze(issuers.map(({ issuer }) => issuer)),
    exchangeRules: Object.freeze(exchangeRules.map(({ rule }) => rule)),
    warnings: Object.freeze([...faults.warnings]),
  })
  checkExchange(issuers, exchangeRules, policy, faults)
  if (faults.errors.length > 0) throw new PolicyError(faults.all)
  return policy
}

/** Of two objects with one id the last counts, as in the Hessra open core, where that is allowed at all. */
function indexById(declared: readonly Declared[], faults: Faults): ReadonlyMap<string, Declared> {
  const byId = new Map<string, Declared>()
  const resources = new Set<string>()
  for (const one of declared) {
    const { id, resource } = one.object
    if (resource !== undefined && resources.has(resource)) {
      faults.add('duplicate_resource', within(one.place, 'resource'), 'an earlier object has the same resource')
    }
    if (resource !== undefined) resources.add(resource)
    if (byId.has(id)) faults.add('duplicate_object', within(one.place, 'id'), 'an earlier object has the same id')
    byId.set(id, one)
  }
  return byId
}
