import { parse, TomlError } from 'smol-toml'
import { type AST, parseTOML } from 'toml-eslint-parser'
import type { PolicyFault } from '../policy-fault.ts'

/** Where a value is in a document: keys and indexes from the root. */
export type Path = readonly (string | number)[]

/** A policy or a schema that has been read into plain values, and can tell the line of each. */
export interface Document {
  readonly file: string | undefined
  readonly root: unknown
  lineOf(path: Path): number | undefined
}

/** In bytes of a file or characters of a text. Ten thousand objects with ten capabilities each take seven million. */
export const MAX_LENGTH: number = 16 * 2 ** 20
/** The parser that knows lines takes ten times as long, and is only asked when there is a fault. */
const MAX_LENGTH_WITH_LINES = 2 ** 20

/** Wraps values that are already there. */
export function documentOf(root: unknown): Document {
  return { file: undefined, root, lineOf: () => undefined }
}

/** Parses TOML. Returns the fault if it is no TOML. */
export function parseDocument(text: string, file: string | undefined): Document | PolicyFault {
  if (text.length > MAX_LENGTH) return tooLarge(text.length, file)
  try {
    const root = parse(text, { maxDepth: 32 })
    return { file, root, lineOf: lineFinder(text) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [message = 'is no TOML'] = error.message.split('\n')
    return { rule: 'parse', severity: 'error', message, file, line: error.line }
  }
}

export function tooLarge(length: number, file: string | undefined): PolicyFault {
  const message = `has a length of ${length}, and at most ${MAX_LENGTH} are read`
  return { rule: 'too_large', severity: 'error', message, file }
}

function lineFinder(text: string): Document['lineOf'] {
  let lines: ReadonlyMap<string, number> | undefined
  return (path) => {
    lines ??= linesIfKnown(text)
    for (let length = path.length; length > 0; length--) {
      const line = lines.get(keyOf(path.slice(0, length)))
      if (line !== undefined) return line
    }
    return undefined
  }
}

/** That parser overflows the stack for a very long text in quotes. Then the faults are reported without lines. */
function linesIfKnown(text: string): ReadonlyMap<string, number> {
  if (text.length > MAX_LENGTH_WITH_LINES) return new Map()
  try {
    return linesOf(text)
  } catch {
    return new Map()
  }
}

/** The line of every table, key and array element. */
function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  const note = (path: Path, node: AST.TOMLNode) => {
    if (!lines.has(keyOf(path))) lines.set(keyOf(path), node.loc.start.line)
  }
  const visitPair = (base: Path, pair: AST.TOMLKeyValue) => {
    const path = [...base, ...pair.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))]
    note(path, pair)
    visitValue(path, pair.value)
  }
  const visitValue = (path: Path, node: AST.TOMLContentNode) => {
    note(path, node)
    if (node.type === 'TOMLArray') for (const [i, element] of node.elements.entries()) visitValue([...path, i], element)
    if (node.type === 'TOMLInlineTable') for (const pair of node.body) visitPair(path, pair)
  }
  for (const node of parseTOML(text).body[0].body) {
    if (node.type === 'TOMLKeyValue') visitPair([], node)
    else {
      note(node.resolvedKey, node)
      for (const pair of node.body) visitPair(node.resolvedKey, pair)
    }
  }
  return lines
}

function keyOf(path: Path): string {
  return JSON.stringify(path)
}
