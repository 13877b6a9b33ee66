export { type Exchange, type GuardHandler, type HelloGuard, type HelloOptions, writ } from './writ.ts'
