import { runAuthority } from 'service-kit/authority'
import { readRules } from './rules.ts'

// The authority of the sample services, as a process.
await runAuthority('policy', readRules)
