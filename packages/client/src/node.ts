export { fileSnapshot } from './remote/file-snapshot.ts'
