/** Part of a pattern. */
export type Node =
  | { readonly type: 'byte' | 'repeat'; readonly accepts: (byte: number) => boolean }
  /** Any number of whole segments, each with its slash. */
  | { readonly type: 'segments' }
  | { readonly type: 'choice' | 'sequence'; readonly nodes: readonly Node[] }

export interface ParsedPattern {
  readonly negated: boolean
  readonly node: Node
  /** `fatal`: nothing matches. */
  readonly fault?: { readonly message: string; readonly fatal: boolean } | undefined
}

const [BANG, STAR, COMMA, DASH, SLASH, QUESTION] = [0x21, 0x2a, 0x2c, 0x2d, 0x2f, 0x3f]
const [OPEN_CLASS, BACKSLASH, CLOSE_CLASS, CARET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5c, 0x5d, 0x5e, 0x7b, 0x7d]
/** Braces within braces: deeper ones are a fault, so that reading needs no deep stack. */
const MAX_DEPTH = 10

const anyByte = () => true
const notSlash = (byte: number) => byte !== SLASH

/** Reads a pattern from its bytes. It never throws. */
export function parsePattern(bytes: Uint8Array): ParsedPattern {
  let at = 0
  let fault: ParsedPattern['fault']
  while (bytes[at] === BANG) at++
  const negated = at % 2 === 1
  const start = at

  function report(message: string, fatal: boolean): void {
    if (fault === undefined || (fatal && !fault.fatal)) fault = { message, fatal }
  }

  function sequence(depth: number): Node {
    const nodes: Node[] = []
    while (at < bytes.length) {
      const byte = bytes[at] as number
      if (depth > 0 && (byte === COMMA || byte === CLOSE_BRACE)) break
      nodes.push(one(byte, depth))
    }
    return { type: 'sequence', nodes }
  }

  function one(byte: number, depth: number): Node {
    if (byte === STAR) return stars()
    if (byte === OPEN_BRACE) return choice(depth + 1)
    if (byte === OPEN_CLASS) return characterClass()
    at++
    if (byte === QUESTION) return { type: 'byte', accepts: notSlash }
    if (byte !== BACKSLASH) return literal(byte)
    if (at === bytes.length) report('must not end with a backslash', true)
    return literal(bytes[at++] ?? BACKSLASH)
  }

  function stars(): Node {
    const first = at
    while (bytes[at] === STAR) at++
    if (at - first < 2) return { type: 'repeat', accepts: notSlash }
    if (at === bytes.length) return { type: 'repeat', accepts: anyByte }
    const whole = (first === start || bytes[first - 1] === SLASH) && bytes[at] === SLASH
    if (!whole) return { type: 'repeat', accepts: notSlash }
    at++
    return { type: 'segments' }
  }

  function choice(depth: number): Node {
    at++
    if (depth > MAX_DEPTH) {
      report(`must not have more than ${MAX_DEPTH} braces within each other`, true)
      at = bytes.length
    }
    const nodes = [sequence(depth)]
    // In the Hessra open core an empty first alternative matches nothing.
    const skipped = isEmpty(nodes[0]) && bytes[at] === COMMA
    if (skipped) nodes.pop()
    while (bytes[at] === COMMA) {
      at++
      nodes.push(sequence(depth))
    }
    if (skipped || nodes.some(isEmpty)) report('has an empty alternative', false)
    if (bytes[at] === CLOSE_BRACE) at++
    else report('has an opening brace without the closing one', false)
    return { type: 'choice', nodes }
  }

  function characterClass(): Node {
    at++
    const opposite = bytes[at] === BANG || bytes[at] === CARET
    if (opposite) at++
    const ranges: [number, number][] = []
    const first = at
    while (at < bytes.length && (bytes[at] !== CLOSE_CLASS || at === first)) {
      const low = member()
      const isRange = bytes[at] === DASH && at + 1 < bytes.length && bytes[at + 1] !== CLOSE_CLASS
      if (isRange) at++
      ranges.push([low, isRange ? member() : low])
    }
    if (at === bytes.length) report('has an opening bracket without the closing one', true)
    at++
    return { type: 'byte', accepts: (byte) => ranges.some(([low, high]) => low <= byte && byte <= high) !== opposite }
  }

  function member(): number {
    if (bytes[at] === BACKSLASH && at + 1 < bytes.length) at++
    return bytes[at++] as number
  }

  return { negated, node: sequence(0), fault }
}

function isEmpty(node: Node | undefined): boolean {
  return node?.type === 'sequence' && node.nodes.length === 0
}

function literal(expected: number): Node {
  return { type: 'byte', accepts: (byte) => byte === expected }
}
