import type { VerifierOptions } from '@writ/core/verify'
import { guardHandlers } from './internal/guard-handlers.ts'
import { type ListRule, readListRule } from './internal/list-rule.ts'
import { type Handler, Registry } from './internal/registry.ts'
import { createToolGuard, type ToolGuard } from './tool-guard.ts'
import type { Declared } from './tool-requirement.ts'

/** The options of {@link guardTools}: those of a verifier, or a guard that was made before; and what is listed. */
export type GuardToolsOptions = (
  | VerifierOptions
  | {
      /** Made by `createToolGuard`, once: where each request has a server of its own, it remembers tokens for all of them. */
      readonly guard: ToolGuard
    }
) & {
  /**
   * Which tools, resources and prompts are listed: all that are `declared`; those that are `reachable` with the capability of the
   * request; or with `{ grantsOf }` also those that the bearer of an identity may ask for. Public ones always are. Default
   * `'declared'`.
   */
  readonly lists?: ListRule | undefined
  /** Methods of your own, or of an extension, that anybody may call. Default: none, and they cannot be set. */
  readonly publicMethods?: readonly string[] | undefined
}

/** What is used of an MCP server, of both lines of the SDK. */
interface McpServerLike {
  readonly server: object
  registerTool(...args: never[]): unknown
  registerResource(...args: never[]): unknown
  registerPrompt(...args: never[]): unknown
}

/** A server whose tools, resources and prompts say what they demand. */
export type Guarded<Server extends McpServerLike> = Server & {
  registerTool: <Schema = undefined>(
    name: string,
    config: Config & { readonly inputSchema?: Schema },
    callback: Callback<Schema>,
  ) => ReturnType<Server['registerTool']>
  registerResource: (
    name: string,
    uri: unknown,
    config: Config,
    // biome-ignore lint/suspicious/noExplicitAny: the URI, the variables of a template, and the context of either line
    callback: (uri: URL, ...rest: any[]) => unknown,
  ) => ReturnType<Server['registerResource']>
  registerPrompt: <Schema = undefined>(
    name: string,
    config: Config & { readonly argsSchema?: Schema },
    callback: Callback<Schema>,
  ) => ReturnType<Server['registerPrompt']>
}

/** A config as the SDK takes it, and what is demanded. */
interface Config {
  readonly capability: Declared
  readonly [member: string]: unknown
}

/** The context of a call is that of the SDK, which has another type on each line. */
type Callback<Schema> = Schema extends undefined
  ? // biome-ignore lint/suspicious/noExplicitAny: the context of either line
    (context: any) => unknown
  : // biome-ignore lint/suspicious/noExplicitAny: the context of either line
    (args: OutputOf<Schema>, context: any) => unknown

/** What a schema makes of arguments: of a Standard Schema, such as one of zod, or of an object of those. */
type OutputOf<Schema> = Schema extends {
  readonly '~standard': { readonly types?: { readonly output: infer Output } | undefined }
}
  ? Output
  : { [Name in keyof Schema]: OutputOf<Schema[Name]> }

/**
 * Guards an MCP server: every tool, resource and prompt says in its config what it demands (`capability`), and one that says
 * nothing cannot be registered. A call runs only with a capability for that tool and for the objects that its validated arguments
 * name. Without one, nothing of it is read but its name.
 *
 * Both lines of the SDK are guarded: `@modelcontextprotocol/server` 2 and `@modelcontextprotocol/sdk` 1.
 *
 * @param server - An `McpServer` on which nothing is registered yet. It is changed, and returned.
 * @param options - Those of a verifier; `keys` and `anchor` are required. Or `{ guard }`.
 * @throws `TypeError` if something is registered already, and naming the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 * import { McpServer } from '@modelcontextprotocol/server'
 * import { guardTools } from '@writ/mcp'
 * import { z } from 'zod'
 *
 * const keys = process.env['WRIT_PUBLIC_KEY']
 * const server = guardTools(new McpServer({ name: 'files', version: '1.0.0' }), { keys, anchor: 'mcp:files' })
 * server.registerTool(
 *   'read_file',
 *   { inputSchema: z.object({ path: z.string() }), capability: { designate: ['path'] } },
 *   async ({ path }) => ({ content: [{ type: 'text', text: await readFile(path, 'utf8') }] }),
 * )
 * ```
 */
export function guardTools<Server extends McpServerLike>(server: Server, options: GuardToolsOptions): Guarded<Server> {
  const { lists, publicMethods = [], ...others } = options
  const guard = 'guard' in others ? others.guard : createToolGuard(others)
  const registry = new Registry(server, guard, readListRule(lists))
  guardHandlers(server.server, registry, new Set(publicMethods))
  const mutable = server as unknown as Record<string, unknown>
  for (const [register, kind] of [
    ['registerTool', 'tool'],
    ['registerResource', 'resource'],
    ['registerPrompt', 'prompt'],
  ] as const) {
    const original = (server[register] as (...args: unknown[]) => unknown).bind(server)
    mutable[register] = (name: unknown, ...rest: unknown[]) => {
      const callback = rest.pop() as Handler
      const config = rest.pop()
      const uri = rest[0]
      const { capability, ...others } = (config ?? {}) as { readonly capability?: Declared }
      if ('scopeChallenge' in others) throw new TypeError('scopeChallenge: would run before the guard')
      const { compiled, handler, commit } = registry.add(kind, name, capability, callback, uri)
      const registered = original(name, ...rest, others, handler)
      commit()
      return registry.seal(kind, name, compiled, registered)
    }
  }
  // The older calls have no config in which something could be declared.
  for (const older of ['tool', 'resource', 'prompt']) {
    mutable[older] = () => {
      throw new TypeError(`${older}: cannot be guarded, use register${older[0]?.toUpperCase()}${older.slice(1)}`)
    }
  }
  return server as unknown as Guarded<Server>
}
