import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { ServeOptions } from '@writ/authority'
import { nameTenant } from './name-tenant.ts'

/** The file that says who may do what. */
export const POLICY_FILE: string = fileURLToPath(new URL('../policy.toml', import.meta.url))

/** The file that says what there is to do, and what a capability for that must name. */
export const SCHEMA_FILE: string = fileURLToPath(new URL('../schema.toml', import.meta.url))

/** By what the authority of the sample services mints: options of `serveAuthority`. */
export async function readRules(): Promise<Required<Pick<ServeOptions, 'initial' | 'resolver'>>> {
  const [policy, schema] = await Promise.all([readFile(POLICY_FILE, 'utf8'), readFile(SCHEMA_FILE, 'utf8')])
  return { initial: { policy, schema }, resolver: nameTenant }
}
