import type { Duration, Keys } from '@writ/core/hold'
import type { SessionClient, SessionEngine } from './session-authority.ts'

/** A call of a tool, and the capability for it. */
export interface AuthorizedCall {
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** For this call alone: put it into `_meta`, as `META_KEY`. */
  readonly token: string
}

/** A tool that a session may call. */
export interface AgentTool<Result> {
  /**
   * What the call names, for the capability: names of arguments, a record from label to argument, or a function. A server
   * compares what its schema has made of the arguments, so name it in that form. Default: nothing.
   */
  readonly designate?:
    | readonly string[]
    | Readonly<Record<string, string>>
    | ((args: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>)
    | undefined
  /** The server of the tool. Default: that of the policy. */
  readonly anchor?: string | undefined
  /** Default `tool:<name>`. */
  readonly resource?: string | undefined
  /** Default `invoke`. */
  readonly operation?: string | undefined
  /** Whether a capability is good for one call. Default `false`. */
  readonly singleUse?: boolean | undefined
  /** The life of what is sent. Default `'10s'`. */
  readonly expiresIn?: Duration | undefined
  /** What a result exposes the session to, besides what the policy says of the tool. Default: nothing. */
  readonly exposes?: ((result: Result, call: Omit<AuthorizedCall, 'token'>) => readonly string[]) | undefined
}

/** A call that somebody must approve. */
export interface ApprovalRequest {
  /** What the agent says that it calls. Trust the token instead: `inspect(token, keys)` tells what it permits. */
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** The capability, which is worth nothing until it is approved: `attest` it with the awaited labels and values. */
  readonly token: string
  readonly awaited: readonly { readonly label: string; readonly value: string; readonly by: string }[]
}

/** The options of a session. */
export type AgentSessionOptions<Result> = {
  /** The root public keys, as a verifier takes them. */
  readonly keys: Keys
  /** The tools that may be called, by name. */
  readonly tools: Readonly<Record<string, AgentTool<Result>>>
  /** Makes a call: over MCP, or in any other way. */
  readonly send: (call: AuthorizedCall) => Result | Promise<Result>
  /** The context of a session to go on with, after a restart. Default: a new session is opened. */
  readonly context?: string | undefined
  /** The lifetime of a new session. Default: that of the authority. */
  readonly expiresIn?: Duration | undefined
  /**
   * Asks whoever must approve a call, and returns the token with that word; as long as it takes, within the life of the
   * capability. Default: such calls are not made (`not_approved`).
   */
  readonly awaitApproval?: ((request: ApprovalRequest) => string | Promise<string>) | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
} & (
  | {
      /** Who the agent is, and where it asks. */
      readonly client: SessionClient
      readonly engine?: undefined
      readonly identity?: undefined
    }
  | {
      /** An engine in the same process. */
      readonly engine: SessionEngine
      /** The identity of the agent. It must be delegatable if it forks. */
      readonly identity: string
      readonly client?: undefined
    }
)

/** The agent to fork. */
export interface ForkOptions {
  /** Some of the tools of this session. Default: all of them. */
  readonly tools?: readonly string[] | undefined
  /** The life of its identity. Default: as long as this one's. */
  readonly expiresIn?: Duration | undefined
  /** How deep it may fork itself. Default 0: not at all. */
  readonly maxDepth?: number | undefined
}

/** What an agent acts through: it holds its identity and its context, and shows neither. */
export interface AgentSession<Result> {
  /**
   * Calls a tool: gets a capability for exactly this call, sends it, and records what came back before it returns it.
   *
   * @throws `ToolCallError`; whatever `send` throws.
   */
  callTool(name: string, args?: object): Promise<Result>
  /**
   * Makes an agent below this one, offline: its name is `<this>:<name>`, and it may do what the policy gives to that name and to
   * all above it. It is in the same session: what one of them has seen, both have.
   *
   * @throws `TypeError`; `ToolCallError` `ended`.
   */
  fork(name: string, options?: ForkOptions): Promise<AgentSession<Result>>
  /** The name of the agent. */
  identity(): Promise<string>
  /** The context to go on with after a restart. Keep it as a secret. */
  context(): string
  /** Ends this session, and what was forked from it. */
  end(): void
}
