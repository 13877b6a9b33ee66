import { runAuthority } from 'service-kit/authority'
import { readRules } from './rules.ts'

// The authority of the pipeline, as a process.
await runAuthority('pipeline', readRules)
