/** A function that makes a value when it is first asked for it, and then returns the same one. An error is not kept. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
