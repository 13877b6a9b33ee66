export type { Snapshot } from './remote/snapshot.ts'
