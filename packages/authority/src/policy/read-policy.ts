import type { PolicyDiff } from '@writ/engine'
import type { Kysely } from 'kysely'
import type { AuthorityParts } from '../authority-parts.ts'
import { newestPolicy } from '../rules/newest-policy.ts'
import type { Tables } from '../store/tables.ts'

/** A version of policy and schema. */
export interface PolicyVersion {
  readonly version: number
  readonly etag: string
  /** TOML. */
  readonly policy: string
  /** TOML. */
  readonly schema: string | null
  /** Who put it in force; null for the first. */
  readonly author: string | null
  /** Unix seconds. */
  readonly createdAt: number
  /** What changed since the version before; null for the first. */
  readonly diff: PolicyDiff | null
}

/**
 * Reads the policy and the schema that are in force.
 *
 * @throws `StoreError`
 */
export function readPolicy({ store }: Pick<AuthorityParts, 'store'>): Promise<PolicyVersion> {
  return store.read(readVersion)
}

/** Reads the highest version. */
export async function readVersion(query: Kysely<Tables>): Promise<PolicyVersion> {
  const row = await newestPolicy(query)
  const { version, etag, policy, schema, author, created_at: createdAt } = row
  return { version, etag, policy, schema, author, createdAt, diff: JSON.parse(row.diff) }
}
