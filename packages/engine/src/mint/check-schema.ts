import { EngineError } from '../engine-error.ts'
import type { Bounds } from './check-ancestors.ts'
import { type Asked, detailsOf, type Parts } from './plan.ts'

/** Step `schema`: every required label is named or left to the holder, and no label that the schema does not know. */
export function checkSchema(
  asked: Asked,
  designations: ReadonlyMap<string, string>,
  { leftToHolder }: Bounds,
  { schema }: Parts,
): void {
  const labels = schema?.labels(asked.target, asked.operation)
  if (labels === undefined) return
  const missing = labels.required.find((label) => !designations.has(label) && !leftToHolder.includes(label))
  if (missing !== undefined) {
    throw new EngineError('schema', 'missing_designation', { ...detailsOf(asked), label: missing })
  }
  for (const label of designations.keys()) {
    if (labels.required.includes(label) || labels.optional.includes(label)) continue
    throw new EngineError('schema', 'unknown_designation', { ...detailsOf(asked), label })
  }
}
