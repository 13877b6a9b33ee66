/** Hands out each item once: what was seen before is another measurement. */
export function once<T>(items: readonly T[]): () => T {
  let next = 0
  return () => {
    const item = items[next++]
    if (item === undefined) throw new Error(`only ${items.length} were made`)
    return item
  }
}
