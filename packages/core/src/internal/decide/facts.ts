import { type Fact, VERIFIER, type World } from '../evaluate/world.ts'
import type { Term } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/** What a verifier asserts of itself and of one request. */
export interface Assertions {
  /** Whole Unix seconds, less the tolerance. */
  readonly time: number
  readonly resource: string
  readonly operation: string
  /** What the request names, by label. */
  readonly designations: ReadonlyMap<string, string>
  /** What the verifier knows of itself, by reserved label: its own anchor, a facet that its ledger holds. No request can choose it. */
  readonly reserved: ReadonlyMap<string, string>
  readonly subject: string | undefined
  readonly namespace: string | undefined
}

/**
 * The verifier's facts, and no others, ever: its own facts satisfy every check, also one that says `trusting {publicKey}`, so asserting
 * `activation` or anything of the caller's choosing would stand in for the holder of that key.
 */
export function verifierFacts(assertions: Assertions): Fact[] {
  const { time, resource, operation, designations, reserved, subject, namespace } = assertions
  return [
    own('time', { type: 'integer', value: BigInt(time) }),
    own('resource', text(resource)),
    own('operation', text(operation)),
    ...[...reserved, ...designations].map(([label, value]) => own('designation', text(label), text(value))),
    ...(subject === undefined ? [] : [own('subject', text(subject))]),
    ...(namespace === undefined ? [] : [own('namespace', text(namespace))]),
  ]
}

/** What the one rule of the profile derives, `subject($d, $s) <- namespace($d), subject($s)`, if the authority block has it. */
export function derivedFacts([authority]: readonly SignedBlock[], world: World): Fact[] {
  if (authority === undefined || authority.content.rules.length === 0) return []
  const visible = (name: string) => world.named(name, 1).filter(({ origin }) => origin === VERIFIER || origin === 0)
  return visible('namespace').flatMap(({ predicate: { terms: domain } }) =>
    visible('subject').map(({ predicate: { terms: subject } }) => ({
      predicate: { name: 'subject', terms: [...domain, ...subject] },
      origin: 0,
    })),
  )
}

function own(name: string, ...terms: readonly Term[]): Fact {
  return { predicate: { name, terms }, origin: VERIFIER }
}

function text(value: string): Term {
  return { type: 'string', value }
}
