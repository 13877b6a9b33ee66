import type { CapabilityError, VerifiedCapability } from '@writ/core/verify'
import type { ToolGuard, ToolRefusal } from './tool-guard.ts'
import { compileToolRequirement, type Declared } from './tool-requirement.ts'

/**
 * A tool may not be called so. Its message is for the model that asked.
 *
 * @example
 * ```ts
 * import { ToolRefusedError } from '@writ/mcp'
 *
 * export const tellModel = (error: unknown) =>
 *   error instanceof ToolRefusedError ? { refused: error.message, code: error.refusal.code } : undefined
 * ```
 */
export class ToolRefusedError extends Error {
  override readonly name = 'ToolRefusedError'
  readonly refusal: ToolRefusal

  constructor(refusal: ToolRefusal, cause: CapabilityError) {
    super(refusal.title, { cause })
    this.refusal = refusal
  }
}

/**
 * Guards the function behind one tool, in any framework for agents: it runs only with a capability for this tool and for the
 * objects that its arguments name.
 *
 * @param guard - Made by `createToolGuard`.
 * @param name - The name of the tool.
 * @param declared - What it demands.
 * @param execute - Runs with the very arguments that were decided about.
 * @throws `TypeError` if what is declared is wrong.
 *
 * @example
 * ```ts
 * import { createToolGuard, guardTool } from '@writ/mcp'
 *
 * const guard = createToolGuard({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'agent:assistant' })
 * const send = async ({ to }: { to: string }) => `sent to ${to}`
 * export const sendEmail = guardTool(guard, 'send_email', { designate: ['to'] }, send)
 * // In the tool of your framework: execute: (args) => sendEmail(args, token)
 * ```
 */
export function guardTool<Args, Result>(
  guard: ToolGuard,
  name: string,
  declared: Declared,
  execute: (args: Args, capability: VerifiedCapability | undefined) => Result | Promise<Result>,
): (args: Args, token: string | undefined) => Promise<Result> {
  const tool = compileToolRequirement(declared, { resource: `tool:${name}`, operation: 'invoke' })
  return async (args, token) => {
    // A copy: the caller may change the arguments while the token is verified.
    const own = structuredClone(args)
    const decision = await guard.decide(tool, token, own)
    if (!decision.allowed) throw new ToolRefusedError(decision.refusal, decision.error)
    return execute(own, decision.capability)
  }
}
