import { type ArgumentSource, readDesignate } from './internal/designations-of.ts'

/** What a tool, a resource or a prompt demands of the capability of a call. */
export interface CapabilityConfig {
  /**
   * The arguments that name the object of the call: their names, or from label to the name of the argument. The token must bind
   * each of them to the value that the tool gets. Default: none.
   */
  readonly designate?: readonly string[] | Readonly<Record<string, string>> | undefined
  /** Default: `tool:<name>`, `resource:<name>` or `prompt:<name>`. */
  readonly resource?: string | undefined
  /** Default: `invoke` for tools, `read` for resources, `get` for prompts. */
  readonly operation?: string | undefined
}

/** What is declared: a requirement, or that anybody may call. */
export type Declared = CapabilityConfig | 'public'

/** A requirement as a guard keeps it. */
export interface ToolRequirement {
  readonly resource: string
  readonly operation: string
  /** From label to the argument that names it. */
  readonly designate: ReadonlyMap<string, ArgumentSource>
}

/** What a guard keeps of one tool. */
export interface CompiledTool {
  readonly requirement: ToolRequirement | 'public'
}

const KEYS: ReadonlySet<string> = new Set(['designate', 'resource', 'operation'] satisfies (keyof CapabilityConfig)[])

/**
 * Reads what is declared.
 *
 * @param defaults - What follows from the name.
 * @throws `TypeError` that starts with `capability`.
 */
export function compileToolRequirement(
  declared: unknown,
  defaults: { readonly resource: string; readonly operation: string },
): CompiledTool {
  if (declared === 'public') return Object.freeze({ requirement: 'public' })
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared))
    throw new TypeError("capability: must be a requirement, or 'public'")
  const unknown = Object.keys(declared).find((key) => !KEYS.has(key))
  if (unknown !== undefined)
    throw new TypeError(`capability.${unknown}: unknown, must be one of ${[...KEYS].join(', ')}`)
  const { designate, resource = defaults.resource, operation = defaults.operation } = declared as CapabilityConfig
  for (const [key, value] of Object.entries({ resource, operation }))
    if (typeof value !== 'string' || value === '')
      throw new TypeError(`capability.${key}: must be a text that is not empty`)
  return Object.freeze({ requirement: Object.freeze({ resource, operation, designate: readDesignate(designate) }) })
}
