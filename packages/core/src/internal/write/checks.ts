import { binary, checkIf, predicate, type StatementWriter, value, variable } from './statements.ts'

// The checks that every kind of token may hold, exactly as the Hessra open core writes them.

/**
 * Ends the token: `check if time($t), $t < {expiration}`. `name` is the variable that other minters use: `time` in an
 * authority block, `t` in an attenuation.
 */
export function writeExpiration(block: StatementWriter, name: 'time' | 't', expiration: number): void {
  const time = variable(name)
  block.check(checkIf([predicate('time', time)], { expression: [value(time), value(expiration), binary('lessThan')] }))
}

/** Demands that the request has this designation: `check if designation({label}, {value})`. */
export function writeDesignation(block: StatementWriter, label: string, designated: string): void {
  block.check(checkIf([predicate('designation', label, designated)]))
}
