import { Problem } from './problem.ts'

/** Three names of this length, each byte percent-encoded, still fit in the header section that Node reads. */
const LONGEST_NAME = 256

/**
 * Writes the path of a request: `` path`/${tenantId}/orders/${orderId}` ``. Each value stays one segment.
 *
 * Throws a 400 {@link Problem} for what cannot be a segment: an empty name, `.` and `..` (which URLs resolve, also when
 * they are percent-encoded), lone surrogates, and names that are too long.
 */
export function path(texts: TemplateStringsArray, ...names: readonly string[]): string {
  return String.raw({ raw: texts }, ...names.map(segment))
}

/** Whether a name can be a segment of a {@link path}. */
export function isSegment(name: string): boolean {
  return !/^\.{0,2}$/.test(name) && name.length <= LONGEST_NAME && name.isWellFormed()
}

function segment(name: string): string {
  if (!isSegment(name)) {
    throw new Problem(400, `a name must have 1 to ${LONGEST_NAME} characters and be neither . nor ..`)
  }
  return encodeURIComponent(name)
}
