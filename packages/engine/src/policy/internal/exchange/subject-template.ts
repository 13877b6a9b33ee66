import { nameFault } from '../names.ts'

/** In characters. No id of a repository, an environment or an account is longer. */
const MAX_VALUE = 256

/** The segments of a subject of an exchange rule: names, or claims in braces. */
export function segmentsOf(subject: string): readonly string[] {
  return subject.split(':')
}

/** The claim that a segment stands for, or `undefined` for a segment that stands for itself. */
export function claimOf(segment: string): string | undefined {
  const claim = segment.slice(1, -1)
  return segment.startsWith('{') && segment.endsWith('}') && claim !== '' && !/[{}]/.test(claim) ? claim : undefined
}

/** Puts claims into a subject; `undefined` if one cannot be a segment of a name. */
export function fillSubject(subject: string, claims: ReadonlyMap<string, unknown>): string | undefined {
  const segments: string[] = []
  for (const segment of segmentsOf(subject)) {
    const claim = claimOf(segment)
    const value = claim === undefined ? segment : claims.get(claim)
    if (typeof value !== 'string' || value.length > MAX_VALUE || value.includes(':')) return undefined
    segments.push(value)
  }
  const filled = segments.join(':')
  return nameFault(filled, false) === undefined ? filled : undefined
}
