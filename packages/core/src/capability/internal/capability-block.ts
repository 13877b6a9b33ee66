import { ANCHOR, FACET } from '../../internal/base/labels.ts'
import { writeDesignation } from '../../internal/write/checks.ts'
import { checkIf, predicate, type StatementWriter, variable } from '../../internal/write/statements.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'

// The statements of a capability, exactly as the Hessra open core writes them, so that each side reads the other's
// tokens.

/** A value that the holder of a key must state. */
export interface Attested {
  readonly value: string
  readonly by: PublicKey
}

/** The checks that narrow a capability. */
export interface Narrowing {
  readonly designations: ReadonlyMap<string, string>
  readonly anchor: string | undefined
  readonly attested: ReadonlyMap<string, Attested>
}

/** The right, and that the request must be for it: `check if resource($res), operation($op), right($sub, $res, $op)`. */
export function writeRight(block: StatementWriter, subject: string, resource: string, operation: string): void {
  block.fact(predicate('right', subject, resource, operation))
  const [res, op] = [variable('res'), variable('op')]
  block.check(
    checkIf([predicate('resource', res), predicate('operation', op), predicate('right', variable('sub'), res, op)]),
  )
}

export function writeNarrowing(block: StatementWriter, { designations, anchor, attested }: Narrowing): void {
  for (const [label, value] of designations) writeDesignation(block, label, value)
  if (anchor !== undefined) writeDesignation(block, ANCHOR, anchor)
  for (const [label, { value, by }] of attested) writeAttested(block, label, value, by)
}

/** Demands a single-use pin: from a ledger, or from the holder of the key `by`. */
export function writeFacet(block: StatementWriter, facet: string, by?: PublicKey): void {
  if (by === undefined) writeDesignation(block, FACET, facet)
  else writeAttested(block, FACET, facet, by)
}

export function writeLatent(block: StatementWriter, activator: PublicKey): void {
  block.check(checkIf([predicate('activation', variable('a'))], { trusting: activator }))
}

/** States a designation, as an attester's block does. */
export function writeStatement(block: StatementWriter, label: string, value: string): void {
  block.fact(predicate('designation', label, value))
}

function writeAttested(block: StatementWriter, label: string, value: string, by: PublicKey): void {
  block.check(checkIf([predicate('designation', label, value)], { trusting: by }))
}
