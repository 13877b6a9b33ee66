import type { StatementWriter } from './biscuit/statements.ts'
import { ANCHOR } from './decide/designation.ts'

// The statements of a capability, exactly as the Hessra open core writes them: tokens pass in both directions.

export function writeRight(block: StatementWriter, subject: string, resource: string, operation: string): void {
  block.fact('right({subject}, {resource}, {operation})', { subject, resource, operation })
  block.check('check if resource($res), operation($op), right($sub, $res, $op)')
}

/** `variable` is a name that the interoperable tokens use there: `$time` in an authority block, `$t` in an attenuation. */
export function writeExpiration(block: StatementWriter, variable: '$time' | '$t', expiration: number): void {
  block.check(`check if time(${variable}), ${variable} < {expiration}`, { expiration })
}

export function writeDesignations(
  block: StatementWriter,
  designations: ReadonlyMap<string, string>,
  anchor: string | undefined,
): void {
  for (const [label, value] of designations) writeDesignation(block, label, value)
  if (anchor !== undefined) writeDesignation(block, ANCHOR, anchor)
}

function writeDesignation(block: StatementWriter, label: string, value: string): void {
  block.check('check if designation({label}, {value})', { label, value })
}
