import type { Designate, DesignationSource } from '../requirement.ts'
import { isRecord } from './options.ts'

/** Labels that a route cannot assert: the verifier's own configuration and the ledger do. */
const RESERVED = ['anchor', 'facet']

/** A `designate` as a map from label to source. Errors: `TypeError` naming the label whose source cannot be used. */
export function readDesignate<Native>(designate: Designate<Native>): Record<string, DesignationSource<Native>> {
  const sources: Record<string, DesignationSource<Native>> = Object.create(null)
  for (const [label, source] of entriesOf(designate)) {
    if (typeof label !== 'string' || label === '' || !label.isWellFormed())
      throw new TypeError('designate: a label must be a well-formed string that is not empty')
    if (RESERVED.includes(label)) throw new TypeError(`designate.${label}: the label is reserved`)
    sources[label] = readSource(label, source)
  }
  return sources
}

function entriesOf(designate: unknown): [unknown, unknown][] {
  if (Array.isArray(designate)) return designate.map((name) => [name, name])
  if (isRecord(designate)) return Object.entries(designate)
  throw new TypeError('designate: must be an array of param names or an object from label to source')
}

function readSource<Native>(label: string, source: unknown): DesignationSource<Native> {
  if (typeof source === 'function') return source as DesignationSource<Native>
  if (typeof source === 'string' && source !== '') return source
  if (isRecord(source) && Object.keys(source).join() === 'body') {
    const { body } = source
    if (typeof body === 'string' && body !== '') return Object.freeze({ body })
  }
  throw new TypeError(`designate.${label}: must be the name of a param, { body: name } or a function`)
}
