import { acceptedByReference, queryByReference } from './hessra.ts'

export interface ReferenceRequest {
  readonly time: number
  readonly resource: string
  readonly operation: string
  readonly designations?: ReadonlyMap<string, string>
}

/** Whether the verifier of the Hessra open core, run by biscuit-wasm alone, lets the request pass. */
export function passesReference(token: string, rootKey: string, request: ReferenceRequest): boolean {
  const { time, resource, operation, designations = new Map<string, string>() } = request
  return acceptedByReference(token, rootKey, [
    ['time({now})', { now: time }],
    ['resource({resource})', { resource }],
    ['operation({operation})', { operation }],
    ...[...designations].map(([label, value]) => ['designation({label}, {value})', { label, value }] as const),
  ])
}

/** The terms of `right(...)` as biscuit-wasm reads them back. */
export function rightsByReference(token: string, rootKey: string): readonly unknown[][] {
  return queryByReference(token, rootKey, 'data($s, $r, $o) <- right($s, $r, $o)')
}
