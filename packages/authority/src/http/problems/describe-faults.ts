import type { z } from '@hono/zod-openapi'

const MAX_FAULTS = 20
const MAX_DEPTH = 4

/** A member of a request that is wrong. */
export interface RequestFault {
  /** Where, as far as the names are ours: `requests.0.target`. */
  readonly member: string
  /** What: `too_small`, `invalid_type`. */
  readonly rule: string
}

/** What is wrong in a request, without anything that was sent. */
export function describeFaults(part: string, error: z.core.$ZodError): Record<string, unknown> {
  const faults = error.issues
    .slice(0, MAX_FAULTS)
    .map(({ path, code }): RequestFault => ({ member: nameOf(path), rule: code }))
  return { in: part, faults }
}

function nameOf(path: readonly PropertyKey[]): string {
  const labels = path.indexOf('designations')
  const ours = labels === -1 ? path : path.slice(0, labels + 1)
  return ours.slice(0, MAX_DEPTH).map(String).join('.')
}
