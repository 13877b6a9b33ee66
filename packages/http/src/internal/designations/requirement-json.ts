import type { DesignationSource } from '../../designation-source.ts'

/**
 * The `toJSON` of a requirement. JSON leaves functions out, so a log would not show that a label is demanded. It belongs to the
 * requirement and not to its `designate`, where a label may be called `toJSON`.
 */
export function requirementJson(this: {
  readonly designate: Readonly<Record<string, DesignationSource<never>>>
}): object {
  const { designate } = this
  const sources = Object.entries(designate).map(([label, source]) => [label, sourceText(source)])
  return { ...this, designate: Object.fromEntries(sources) }
}

function sourceText(source: DesignationSource<never>): string {
  if (typeof source === 'function') return 'function'
  if (typeof source === 'string') return `param ${source}`
  return Object.entries(source)[0]?.join(' ') ?? ''
}
