export { type RecordedAct, recordActs } from './record-acts.ts'
export { type GuardDecision, type RecordDecisionsOptions, recordDecisions } from './record-decisions.ts'
export { traceClient } from './trace-client.ts'
export { traceEngine } from './trace-engine.ts'
