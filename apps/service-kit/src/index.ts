export {
  createServiceClient,
  type ServiceCall,
  type ServiceClient,
  type ServiceClientOptions,
} from './create-service-client.ts'
export { designated } from './designated.ts'
export { type Log, logDecisions, logFailure, logToStderr } from './log.ts'
export { parseFields, parseNumbers, QUANTITY, type Range } from './parse-body.ts'
export { path } from './path.ts'
export { Problem, type ProblemAnswer, problemAnswer } from './problem.ts'
