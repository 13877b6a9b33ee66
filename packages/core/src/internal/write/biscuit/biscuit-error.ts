/** The library refused its input, or broke. The message has only names of error variants, never a value. */
export class BiscuitError extends Error {
  override readonly name: string = 'BiscuitError'

  constructor(thrown: unknown) {
    super(`the Biscuit library failed: ${describe(thrown)}`)
  }
}

/** Whether the library reported an error value of its own. After anything else, above all a trap, it may be broken. */
export function isRefusal(thrown: unknown): boolean {
  if (typeof thrown === 'string') return true
  return typeof thrown === 'object' && thrown !== null && Object.getPrototypeOf(thrown) === Object.prototype
}

/** `{ Format: { Signature: { InvalidSignature: "..." } } }` becomes `Format.Signature.InvalidSignature`. */
function describe(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.name
  const path: string[] = []
  let value = thrown
  while (path.length < 4 && typeof value === 'object' && value !== null) {
    const [entry] = Object.entries(value)
    if (entry === undefined || !/^[A-Z]\w{0,63}$/.test(entry[0])) break
    path.push(entry[0])
    value = entry[1]
  }
  return path.join('.') || 'unknown'
}
