import type { Schema } from '@writ/core/verify'
import { readDocuments } from '../policy/internal/read-documents.ts'
import { newFaults, type PolicyOptions } from '../policy/parse-policy.ts'
import { readSchema } from './internal/read-schema.ts'

/**
 * Reads a schema from a file, or from all `.toml` files of a folder in the order of their names.
 *
 * @param path - The file or folder. Sections other than `targets` are ignored, so a schema may stand beside its policy.
 * @param options - See {@link PolicyOptions}.
 * @throws `PolicyError` with every fault of every file. An `Error` of the file system if it cannot be read.
 *
 * @example
 * ```ts
 * import { loadSchema } from '@writ/engine'
 *
 * const schema = await loadSchema('schema.toml')
 * console.log(schema.targets)
 * ```
 */
export async function loadSchema(path: string, options: PolicyOptions = {}): Promise<Schema> {
  const faults = newFaults(options)
  return readSchema(await readDocuments(path, faults), faults)
}
