/** An object whose own members are all there is: a promise, a set or an instance looks empty, and would ask for nothing. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Not only this realm's Object.prototype: any that has none itself.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
