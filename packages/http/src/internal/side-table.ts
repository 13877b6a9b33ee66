/** What is known about objects of others, such as requests. */
export interface SideTable<Key extends object, Value> {
  /** The value of an object, or `undefined`. */
  get(key: Key): Value | undefined
  /** Sets or replaces the value of an object. */
  set(key: Key, value: Value): void
}

/**
 * Creates a table of values by object, which keeps no object alive. It does what a `WeakMap` does, for objects that live as short
 * as a request: two entries of a `WeakMap` cost a request more than its decision, because collecting them is slow. For adapters.
 *
 * The value is a private member of the object, which no code can see, print or copy. An object that takes none is in a `WeakMap`.
 *
 * @example
 * ```ts
 * import { createSideTable } from '@writ/http'
 *
 * const seen = createSideTable<object, string>()
 * const request = Object.freeze({})
 * seen.set(request, 'by the first guard')
 * console.log(seen.get(request), seen.get({})) // by the first guard undefined
 * ```
 */
export function createSideTable<Key extends object, Value>(): SideTable<Key, Value> {
  const others = new WeakMap<Key, Value>()

  /** A constructor that returns another object makes the members of its subclass on that object. */
  class Member extends Given {
    #value: Value

    constructor(key: Key, value: Value) {
      super(key)
      this.#value = value
    }

    static get(key: Key): Value | undefined {
      return #value in key ? key.#value : others.get(key)
    }

    static set(key: Key, value: Value): void {
      if (#value in key) key.#value = value
      else if (!Object.isExtensible(key)) others.set(key, value)
      else new Member(key, value)
    }
  }
  return { get: Member.get, set: Member.set }
}

class Given {
  constructor(key: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how the members come onto an object of others
    return key
  }
}
