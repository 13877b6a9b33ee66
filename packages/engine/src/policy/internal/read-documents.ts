import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Document, MAX_LENGTH, parseDocument, tooLarge } from './document.ts'
import type { Faults } from './faults.ts'

/** Reads a file, or every `.toml` file of a folder. A file that is no TOML is a fault, and the others are still read. */
export async function readDocuments(path: string, faults: Faults): Promise<readonly Document[]> {
  const documents: Document[] = []
  for (const file of await filesOf(path)) {
    const { size } = await stat(file)
    const document = size > MAX_LENGTH ? tooLarge(size, file) : parseDocument(await readFile(file, 'utf8'), file)
    if ('rule' in document) faults.addFault(document)
    else documents.push(document)
  }
  return documents
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => name.endsWith('.toml'))
  // The order of UTF-16 code units, which does not depend on the locale.
  return names.sort().map((name) => join(path, name))
}
