import { CapabilityError } from '../base/capability-error.ts'
import { isString } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

export type Kind = 'capability' | 'identity' | 'context'

/**
 * The fact that marks each kind, by name and arity. One key signs every kind, so only these facts tell the kinds apart.
 */
const MARKERS: ReadonlyMap<string, { readonly kind: Kind; readonly arity: number }> = new Map([
  ['right', { kind: 'capability', arity: 3 }],
  ['subject', { kind: 'identity', arity: 1 }],
  ['context', { kind: 'context', arity: 1 }],
])

/**
 * The kind that the authority block states, or `undefined` if it states no kind or several. Later blocks never count.
 */
export function kindOf(authority: SignedBlock): Kind | undefined {
  let kind: Kind | undefined
  for (const { name, terms } of authority.content.facts) {
    const marker = MARKERS.get(name)
    if (marker === undefined || marker.arity !== terms.length) continue
    if (kind !== undefined && kind !== marker.kind) return undefined
    kind = marker.kind
  }
  return kind
}

/** The refusal of a token of another kind. Its details tell operators the two kinds. */
export function wrongKind(authority: SignedBlock, wanted: Kind): CapabilityError {
  return new CapabilityError('wrong_kind', { block: 0, expected: kindOf(authority), actual: wanted })
}

/**
 * The subject of an identity or a context.
 *
 * @throws `CapabilityError`: `wrong_kind` for a token of another kind, or without exactly one subject that is a string.
 */
export function subjectOf(authority: SignedBlock, kind: 'identity' | 'context'): string {
  const marker = kind === 'identity' ? 'subject' : 'context'
  const [fact, ...others] = authority.content.facts.filter(({ name, terms }) => name === marker && terms.length === 1)
  const subject = fact?.terms[0]
  if (kindOf(authority) !== kind || others.length > 0 || !isString(subject)) throw wrongKind(authority, kind)
  return subject.value
}

export interface Right {
  readonly subject: string
  readonly resource: string
  readonly operation: string
}

/**
 * The rights of a capability.
 *
 * @throws `CapabilityError`: `wrong_kind` for a token of another kind, or if a right is not three strings.
 */
export function rightsOf(authority: SignedBlock): readonly [Right, ...Right[]] {
  if (kindOf(authority) !== 'capability') throw wrongKind(authority, 'capability')
  const rights = authority.content.facts
    .filter(({ name, terms }) => name === 'right' && terms.length === 3)
    .map(({ terms: [subject, resource, operation] }): Right => {
      if (!isString(subject) || !isString(resource) || !isString(operation)) {
        throw wrongKind(authority, 'capability')
      }
      return { subject: subject.value, resource: resource.value, operation: operation.value }
    })
  return rights as [Right, ...Right[]]
}

/**
 * The right that a request asks for.
 *
 * @throws `CapabilityError`: `wrong_resource`, `wrong_operation` or `wrong_subject`, for the first part in which no
 *   right that agrees so far agrees with the request.
 */
export function selectRight(
  rights: readonly [Right, ...Right[]],
  request: { readonly resource: string; readonly operation: string; readonly subject?: string | undefined },
): Right {
  let candidates: readonly Right[] = rights
  for (const [key, code] of RIGHT_PARTS) {
    const actual = request[key]
    if (actual === undefined) continue
    const expected = candidates[0]?.[key]
    candidates = candidates.filter((right) => right[key] === actual)
    if (candidates.length === 0) throw new CapabilityError(code, { block: 0, expected, actual })
  }
  return candidates[0] as Right
}

/**
 * The parts of a right in the order in which they are compared, each with the code for a request that no right agrees
 * with.
 */
const RIGHT_PARTS = [
  ['resource', 'wrong_resource'],
  ['operation', 'wrong_operation'],
  ['subject', 'wrong_subject'],
] as const
