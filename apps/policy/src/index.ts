export { nameTenant } from './name-tenant.ts'
export { POLICY_FILE, readRules, SCHEMA_FILE } from './rules.ts'
