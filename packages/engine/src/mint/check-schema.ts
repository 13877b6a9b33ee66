import { EngineError } from '../engine-error.ts'
import type { Bounds } from './check-ancestors.ts'
import { type Asked, detailsOf, type Parts } from './plan.ts'

/**
 * Step `schema`: every required label is named or left to the holder, every label that somebody must attest is named, and no
 * label that the schema does not know.
 */
export function checkSchema(
  asked: Asked,
  designations: ReadonlyMap<string, string>,
  { leftToHolder, attestedBy }: Bounds,
  { schema }: Parts,
): void {
  const labels = schema?.labels(asked.target, asked.operation)
  const unattested = [...attestedBy.keys()].find((label) => !designations.has(label))
  const unnamed = labels?.required.find((label) => !designations.has(label) && !leftToHolder.includes(label))
  const missing = unattested ?? unnamed
  if (missing !== undefined) {
    throw new EngineError('schema', 'missing_designation', { ...detailsOf(asked), label: missing })
  }
  if (labels === undefined) return
  for (const label of designations.keys()) {
    if (labels.required.includes(label) || labels.optional.includes(label)) continue
    throw new EngineError('schema', 'unknown_designation', { ...detailsOf(asked), label })
  }
}
