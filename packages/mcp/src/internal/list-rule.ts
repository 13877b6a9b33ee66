import type { CompiledTool } from '../tool-requirement.ts'
import type { Caller } from './callers.ts'

/** What somebody may ask for; `capabilitiesOf` of an engine returns such grants. */
export interface Reachable {
  readonly target: string
  readonly operations: readonly string[]
}

/** Which of the declared tools, resources and prompts are listed. */
export type ListRule =
  | 'declared'
  | 'reachable'
  | {
      /**
       * What the bearer of an identity may ask for. Of a capability its own right is known.
       *
       * @example `(identity) => engine.capabilitiesOf(identity)`
       */
      readonly grantsOf: (identity: string) => readonly Reachable[] | Promise<readonly Reachable[]>
    }

/** @throws `TypeError` that starts with `lists`. */
export function readListRule(lists: unknown = 'declared'): ListRule {
  if (lists === 'declared' || lists === 'reachable') return lists
  if (typeof lists === 'object' && lists !== null && typeof (lists as { grantsOf?: unknown }).grantsOf === 'function')
    return lists as ListRule
  throw new TypeError("lists: must be 'declared', 'reachable' or { grantsOf }")
}

/** Returns what tells whether a caller can reach something. What is public, everybody reaches. */
export async function reachOf(rule: ListRule, caller: Caller | undefined): Promise<(tool: CompiledTool) => boolean> {
  if (rule === 'declared') return () => true
  const grants = await grantsOf(rule, caller)
  return ({ requirement }) =>
    requirement === 'public' ||
    grants.some(
      ({ target, operations }) => target === requirement.resource && operations.includes(requirement.operation),
    )
}

async function grantsOf(
  rule: Exclude<ListRule, 'declared'>,
  caller: Caller | undefined,
): Promise<readonly Reachable[]> {
  if (caller === undefined) return []
  if (caller.kind === 'capability') return [{ target: caller.resource, operations: [caller.operation] }]
  if (rule === 'reachable') return []
  try {
    return await rule.grantsOf(caller.identity)
  } catch (cause) {
    // The SDK sends the message to the client.
    throw new Error('The list is not available now', { cause })
  }
}
