export { type CreateAuthorityOptions, createAuthority, POLICY_FILE } from './create-authority.ts'
export { SCHEMA, type Targets } from './schema.ts'
