/**
 * Counts how often `run` may look at a character: one for each `charCodeAt`, the length of the text for every other method of a
 * string, and its square for a regular expression, which may look at every character once more from each place where it starts.
 */
export function stepsOf(run: () => unknown): number {
  let steps = 0
  const undo: (() => void)[] = []
  const watch = (owner: object, name: string, cost: (text: string) => number): void => {
    const own = Object.getOwnPropertyDescriptor(owner, name)
    if (typeof own?.value !== 'function') return
    const original = own.value as (...args: unknown[]) => unknown
    function counted(this: unknown, ...args: unknown[]): unknown {
      steps += cost(String(owner === RegExp.prototype ? args[0] : this))
      return Reflect.apply(original, this, args)
    }
    Object.defineProperty(owner, name, { ...own, value: counted })
    undo.push(() => Object.defineProperty(owner, name, own))
  }
  for (const name of Object.getOwnPropertyNames(String.prototype)) {
    if (['constructor', 'toString', 'valueOf'].includes(name)) continue
    watch(String.prototype, name, (text) => (name === 'charCodeAt' ? 1 : text.length))
  }
  // Each method of a string that takes an expression, and `test`, asks this one.
  watch(RegExp.prototype, 'exec', (text) => text.length ** 2)
  try {
    run()
  } finally {
    for (const restore of undo) restore()
  }
  return steps
}
