export { type FetchHandler, type GuardHttpOptions, guardHttp } from './guard-http.ts'
export { guardTool, ToolRefusedError } from './guard-tool.ts'
export { type Guarded, type GuardToolsOptions, guardTools } from './guard-tools.ts'
export type { Caller } from './internal/callers.ts'
export type { ListRule, Reachable } from './internal/list-rule.ts'
export type {
  AgentSession,
  AgentSessionOptions,
  AgentTool,
  ApprovalRequest,
  AuthorizedCall,
  ForkOptions,
} from './session/agent-session.ts'
export { createAgentSession } from './session/create-agent-session.ts'
export type { SessionClient, SessionEngine, SessionRequest } from './session/session-authority.ts'
export { ToolCallError, type ToolCallErrorCode, type ToolCallErrorDetails } from './session/tool-call-error.ts'
export {
  type ConnectionDecision,
  createToolGuard,
  type ToolDecision,
  type ToolGuard,
  type ToolRefusal,
} from './tool-guard.ts'
export type { CapabilityConfig, CompiledTool, Declared, ToolRequirement } from './tool-requirement.ts'
export { META_KEY, type OutgoingCall, withCapabilities } from './with-capabilities.ts'
