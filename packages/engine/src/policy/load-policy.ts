import { readDocuments } from './internal/read-documents.ts'
import { readPolicy } from './internal/read-policy.ts'
import { newFaults, type PolicyOptions } from './parse-policy.ts'
import type { Policy } from './policy.ts'

/**
 * Reads a policy from a file, or from all `.toml` files of a folder in the order of their names. The files of a folder are
 * one policy: an object of one can be the parent of an object of another.
 *
 * @param path - The file or folder.
 * @param options - See {@link PolicyOptions}.
 * @throws `PolicyError` with every fault of every file. An `Error` of the file system if it cannot be read.
 *
 * @example
 * ```ts
 * import { loadPolicy, PolicyError } from '@writ/engine'
 *
 * const policy = await loadPolicy('policy.toml').catch((error) => {
 *   if (error instanceof PolicyError) console.error(error.message)
 *   throw error
 * })
 * ```
 */
export async function loadPolicy(path: string, options: PolicyOptions = {}): Promise<Policy> {
  const faults = newFaults(options)
  return readPolicy(await readDocuments(path, faults), faults)
}
