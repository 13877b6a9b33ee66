import { type Node, parsePattern } from './internal/parse-pattern.ts'

/** The longest pattern that is read, in bytes of UTF-8. */
const MAX_BYTES = 1024
const SLASH = 0x2f
const utf8 = new TextEncoder()

/**
 * Compiles a pattern of labels or targets into a function that tells whether a name matches.
 *
 * `*` is any text without `/`, `?` one byte other than `/`, `**` at the end any text, and as a whole segment any number of
 * segments. `[a-c]` is a class, `[!a]` its opposite, `{a,b}` alternatives, and `\` takes the next character as it is. A `!`
 * at the start negates the pattern. These are the patterns of the Hessra open core. Matching takes time in proportion to
 * the pattern times the name.
 *
 * @param pattern - At most 1024 bytes; a longer one never matches.
 *
 * @example
 * ```ts
 * import { compilePattern } from '@writ/engine'
 *
 * const isTool = compilePattern('tool:*')
 * console.log(isTool('tool:email'), isTool('tool:a/b')) // true false
 * ```
 */
export function compilePattern(pattern: string): (name: string) => boolean {
  const bytes = utf8.encode(pattern)
  if (bytes.length > MAX_BYTES) return () => false
  const { negated, node, fault } = parsePattern(bytes)
  // A class without end, or a backslash at the end, matches nothing, and so does its opposite: see `patternFault`.
  if (fault?.fatal) return () => false
  const automaton = build(node)
  return (name) => runs(automaton, utf8.encode(name)) !== negated
}

/** Whether a pattern is longer than any that is read. */
export function isTooLong(pattern: string): boolean {
  return utf8.encode(pattern).length > MAX_BYTES
}

/** What is wrong with a pattern, or `undefined`. */
export function patternFault(pattern: string): string | undefined {
  const bytes = utf8.encode(pattern)
  return bytes.length > MAX_BYTES ? `must not be longer than ${MAX_BYTES} bytes` : parsePattern(bytes).fault?.message
}

/** A state consumes one byte and goes on to `next`, or goes on to several states without consuming any. */
interface State {
  readonly accepts?: ((byte: number) => boolean) | undefined
  readonly next: number[]
}

interface Automaton {
  readonly states: readonly State[]
  readonly start: number
}

const END = 0

/** Builds the automaton from its end to its start. */
function build(node: Node): Automaton {
  const states: State[] = [{ next: [] }]
  const add = (state: State) => states.push(state) - 1
  const link = (from: Node, to: number): number => {
    switch (from.type) {
      case 'byte':
        return add({ accepts: from.accepts, next: [to] })
      case 'repeat': {
        const fork = add({ next: [to] })
        states[fork]?.next.push(add({ accepts: from.accepts, next: [fork] }))
        return fork
      }
      case 'segments': {
        // Nothing, or anything that ends with a slash.
        const slash = add({ accepts: (byte) => byte === SLASH, next: [to] })
        const fork = add({ next: [slash] })
        states[fork]?.next.push(add({ accepts: () => true, next: [fork] }))
        return add({ next: [to, fork] })
      }
      case 'choice':
        return add({ next: from.nodes.map((one) => link(one, to)) })
      case 'sequence':
        return from.nodes.reduceRight((after, one) => link(one, after), to)
    }
  }
  return { states, start: link(node, END) }
}

function runs({ states, start }: Automaton, name: Uint8Array): boolean {
  let current = closure(states, [start])
  for (const byte of name) {
    const next: number[] = []
    for (const id of current) {
      const state = states[id] as State
      if (state.accepts?.(byte)) next.push(...state.next)
    }
    if (next.length === 0) return false
    current = closure(states, next)
  }
  return current.has(END)
}

/** All states that can be reached without consuming a byte. */
function closure(states: readonly State[], from: readonly number[]): ReadonlySet<number> {
  const reached = new Set(from)
  for (const id of reached) {
    const { accepts, next } = states[id] as State
    if (accepts === undefined) for (const one of next) reached.add(one)
  }
  return reached
}
