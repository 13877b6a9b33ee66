export { type FollowedAuthority, followAuthority, snapshotsOf } from './follow-authority.ts'
export { type Environment, required, runService, type Service } from './run-service.ts'
export { type ServiceProcess, startService } from './start-service.ts'
