export { fileSnapshot } from './remote/file-snapshot.ts'
export type { Snapshot } from './remote/snapshot.ts'
