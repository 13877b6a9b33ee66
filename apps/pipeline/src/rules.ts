import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The file that says what each job may do, and who is a run. */
export const POLICY_FILE: string = fileURLToPath(new URL('../policy.toml', import.meta.url))

/** The file that says what there is to do, and what a capability for that must name. */
export const SCHEMA_FILE: string = fileURLToPath(new URL('../schema.toml', import.meta.url))

/** By what the authority of the pipeline mints: an option of `serveAuthority`. */
export async function readRules(): Promise<{ initial: { policy: string; schema: string } }> {
  const [policy, schema] = await Promise.all([readFile(POLICY_FILE, 'utf8'), readFile(SCHEMA_FILE, 'utf8')])
  return { initial: { policy, schema } }
}
