import {
  CapabilityError,
  createVerifier,
  type ProvenCapability,
  type VerifiedCapability,
  type VerifierOptions,
} from '@writ/core/verify'
import { PROBLEMS } from '@writ/http'
import { type Caller, createCallers } from './internal/callers.ts'
import { designationsOf } from './internal/designations-of.ts'
import type { CompiledTool, ToolRequirement } from './tool-requirement.ts'

/** What a caller is told of a refusal. No value of the token or of the arguments. */
export interface ToolRefusal {
  readonly code: string
  /** For people and models. */
  readonly title: string
  /** What a token must be for, so that a client can narrow one and try again. Only to the bearer of a proven token. */
  readonly required:
    | { readonly resource: string; readonly operation: string; readonly designations: readonly string[] }
    | undefined
}

/** What a guard decided about a call. */
export type ToolDecision =
  | { readonly allowed: true; readonly capability: VerifiedCapability | undefined }
  | { readonly allowed: false; readonly refusal: ToolRefusal; readonly error: CapabilityError }

/** What a guard decided about a connection. */
export type ConnectionDecision =
  | { readonly allowed: true; readonly caller: Caller }
  | { readonly allowed: false; readonly refusal: ToolRefusal; readonly error: CapabilityError }

/** Decides about calls of tools, in whatever framework. */
export interface ToolGuard {
  /**
   * Decides who connects: whether the token is a proven capability or identity, and for this service. It permits no call.
   */
  connect(token: string | undefined): Promise<ConnectionDecision>
  /**
   * Decides before anything of the call is read: whether the token is proven, and for this tool. Then the arguments may be
   * validated.
   */
  admit(requirement: CompiledTool, token: string | undefined): Promise<ToolDecision>
  /** Decides about the call, with the arguments as the tool gets them. A capability for a single use is spent. */
  decide(requirement: CompiledTool, token: string | undefined, args: unknown): Promise<ToolDecision>
}

/**
 * Creates a guard of tools. Services use `guardTools` for an MCP server, or `guardTool` for the tool of a framework for agents.
 *
 * @param options - Those of a verifier; `keys` and `anchor` are required.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { createToolGuard } from '@writ/mcp'
 *
 * const { publicKey } = await generateKeyPair()
 * export const guard = createToolGuard({ keys: publicKey, anchor: 'mcp:files' })
 * ```
 */
export function createToolGuard(options: VerifierOptions): ToolGuard {
  const verifier = createVerifier(options)
  const callers = createCallers(options, verifier)

  async function judge(
    { requirement }: CompiledTool,
    token: string | undefined,
    ask: (proven: ProvenCapability, tool: ToolRequirement) => VerifiedCapability | Promise<VerifiedCapability>,
  ): Promise<ToolDecision> {
    if (requirement === 'public') return PUBLIC
    let proven: ProvenCapability | undefined
    try {
      if (token === undefined || token === '') throw new CapabilityError('missing_token')
      proven = await verifier.prove(token)
      return { allowed: true, capability: await ask(proven, requirement) }
    } catch (cause) {
      const error = asCapabilityError(cause)
      return { allowed: false, error, refusal: refusalOf(error, proven && requirement) }
    }
  }

  return Object.freeze({
    async connect(token) {
      try {
        return { allowed: true, caller: await callers.identify(token) }
      } catch (cause) {
        const error = asCapabilityError(cause)
        return { allowed: false, error, refusal: refusalOf(error) }
      }
    },
    admit: (tool, token) =>
      judge(tool, token, ({ capability }, { resource, operation }) => {
        if (capability.resource !== resource) throw new CapabilityError('wrong_resource')
        if (capability.operation !== operation) throw new CapabilityError('wrong_operation')
        return capability
      }),
    decide: (tool, token, args) =>
      judge(tool, token, (proven, { resource, operation, designate }) =>
        proven.authorize({ resource, operation, designations: designationsOf(designate, args) }),
      ),
  } satisfies ToolGuard)
}

const PUBLIC: ToolDecision = Object.freeze({ allowed: true, capability: undefined })

function asCapabilityError(cause: unknown): CapabilityError {
  return cause instanceof CapabilityError ? cause : new CapabilityError('unavailable', { cause })
}

/** @param requirement - What is demanded, where the caller may know. */
function refusalOf({ publicCode }: CapabilityError, requirement?: ToolRequirement): ToolRefusal {
  const required = requirement && {
    resource: requirement.resource,
    operation: requirement.operation,
    designations: [...requirement.designate.keys()],
  }
  return { code: publicCode, title: PROBLEMS[publicCode].title, required }
}
