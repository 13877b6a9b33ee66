/** Written by the bundler: what `record.ts` has kept. */
declare const WRITTEN: readonly (readonly [name: string, value: unknown])[]

let next = 0

/** Gives the next result, which must be of the same function. */
export function wrap(name: string): () => Promise<unknown> {
  return async () => {
    const [recorded, value] = WRITTEN[next++] ?? []
    if (recorded !== name) throw new Error(`${name} was asked for where ${recorded} was recorded`)
    return value
  }
}
