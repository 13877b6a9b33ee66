import { fileURLToPath } from 'node:url'
import { createEngine, type Engine, type EngineKeys, loadPolicy } from '@writ/engine'
import { nameTenant } from './name-tenant.ts'
import { SCHEMA, type Targets } from './schema.ts'

/** The file that says who may do what. */
export const POLICY_FILE: string = fileURLToPath(new URL('../policy.toml', import.meta.url))

export interface CreateAuthorityOptions {
  /** The root key pair. */
  readonly keys: EngineKeys
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

/** What mints for all sample services. Rejects with a `PolicyError` if the policy is wrong, or does not fit the schema. */
export async function createAuthority({ keys, now }: CreateAuthorityOptions): Promise<Engine<Targets>> {
  return createEngine({ policy: await loadPolicy(POLICY_FILE), schema: SCHEMA, keys, resolver: nameTenant, now })
}
