import type { Designate, DesignationSource } from '../../designation-source.ts'
import { isRecord, readHeaderName } from '../options.ts'

/** Labels that a route cannot assert: they belong to the verifier's options and to the ledger. */
const RESERVED = ['anchor', 'facet']

/** Reads a `designate` into a map from label to source. The error for a source that cannot be used names its label. */
export function readDesignate<Native>(designate: Designate<Native>): Record<string, DesignationSource<Native>> {
  const sources: Record<string, DesignationSource<Native>> = Object.create(null)
  for (const [label, source] of entriesOf(designate)) {
    if (typeof label !== 'string' || label === '' || !label.isWellFormed())
      throw new TypeError('designate: a label must be a well-formed string that is not empty')
    if (RESERVED.includes(label)) throw new TypeError(`designate.${label}: the label is reserved`)
    sources[label] = checkSource(label, source)
  }
  return sources
}

function entriesOf(designate: unknown): [unknown, unknown][] {
  if (Array.isArray(designate)) return designate.map((name) => [name, name])
  if (isRecord(designate)) return Object.entries(designate)
  throw new TypeError('designate: must be an array of param names or an object from label to source')
}

function checkSource<Native>(label: string, source: unknown): DesignationSource<Native> {
  if (typeof source === 'function') return source as DesignationSource<Native>
  if (isText(source)) return source
  if (!isRecord(source)) throw wrongSource(label)
  const [[kind, name] = [], ...others] = Object.entries(source)
  if (others.length > 0 || !isText(name)) throw wrongSource(label)
  if (kind === 'query') return Object.freeze({ query: readQueryName(label, name) })
  if (kind === 'header') return Object.freeze({ header: readHeaderName(`designate.${label}.header`, name) })
  if (kind === 'body') return Object.freeze({ body: readPath(label, name) })
  throw wrongSource(label)
}

function wrongSource(label: string): TypeError {
  return new TypeError(
    `designate.${label}: must be the name of a param, { query: name }, { header: name }, { body: name } or a function`,
  )
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Brackets name a nested parameter, which parsers read in different ways. */
function readQueryName(label: string, name: string): string {
  if (/[[\]]/.test(name)) throw new TypeError(`designate.${label}.query: must be a name without brackets`)
  return name
}

function readPath(label: string, path: string): string {
  if (path.split('.').includes('')) throw new TypeError(`designate.${label}.body: must be names, joined by dots`)
  return path
}
