import type { StatementWriter } from './biscuit/statements.ts'

// The checks that every kind of token may hold, exactly as the Hessra open core writes them.

/**
 * Ends the token. `variable` is the name that other minters use: `$time` in an authority block, `$t` in an attenuation.
 */
export function writeExpiration(block: StatementWriter, variable: '$time' | '$t', expiration: number): void {
  block.check(`check if time(${variable}), ${variable} < {expiration}`, { expiration })
}

/** Demands that the request has this designation. */
export function writeDesignation(block: StatementWriter, label: string, value: string): void {
  block.check('check if designation({label}, {value})', { label, value })
}
