import type { TestKey } from '../keys.ts'
import { acceptedByReference, queryByReference, type Statement } from './hessra.ts'

// The statements of a context, as the Hessra open core 2.0 writes them.

export function contextStatements(subject: string, expiration: number): readonly Statement[] {
  return [
    ['context({subject})', { subject }],
    ['check if time($time), $time < {expiration}', { expiration }],
  ]
}

export function exposureStatements(source: string, now: number, ...labels: readonly string[]): readonly Statement[] {
  return [
    ['exposure_source({source})', { source }],
    ['exposure_time({now})', { now }],
    ...labels.flatMap((label): readonly Statement[] => [rejectStatement(label), ['exposed_label({label})', { label }]]),
  ]
}

export function rejectStatement(label: string): Statement {
  return ['reject if exposure({label})', { label }]
}

/** Whether the verifier of the Hessra open core, run by biscuit-wasm alone, lets a context pass. */
export function passesAsContext(token: string, root: TestKey, time: number, excludes: readonly string[] = []): boolean {
  return acceptedByReference(token, root.publicKey, [
    ['time({now})', { now: time }],
    ...excludes.map((label): Statement => ['exposure({label})', { label }]),
  ])
}

/** The labels of a context, as the Hessra open core reads them. */
export function labelsByReference(token: string, root: TestKey): readonly unknown[] {
  const rule = 'data($label) <- exposed_label($label) trusting authority, {key}'
  return queryByReference(token, root.publicKey, rule, root.publicKey).map(([label]) => label)
}
