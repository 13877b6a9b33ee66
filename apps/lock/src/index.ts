export { type Teller, type Trial, tellLock } from './chapter/tell-lock.ts'
export { createLedgerFile } from './ledger-file.ts'
export type { Answer } from './program/main.ts'
export { type Lock, type LockOptions, startLock } from './start-lock.ts'
