import type { ToolDecision, ToolGuard, ToolRefusal } from '../tool-guard.ts'
import { type CompiledTool, compileToolRequirement } from '../tool-requirement.ts'
import type { ListRule } from './list-rule.ts'
import { tokenOf } from './token-of.ts'

/** What can be registered at an MCP server. */
export type Kind = 'tool' | 'resource' | 'prompt'

/** What is listed. Templates are listed by their names, and decide about what is read by them. */
export type Listed = Kind | 'template'

export type Handler = (...args: unknown[]) => unknown

/** What was declared, and the handler that holds to it. */
export interface Added {
  readonly compiled: CompiledTool
  readonly handler: Handler
  /** It is registered now. */
  readonly commit: () => void
}

const OPERATIONS: Readonly<Record<Kind, string>> = { tool: 'invoke', resource: 'read', prompt: 'get' }

const registries = new WeakMap<object, Registry>()

/**
 * The registry of a server.
 *
 * @throws `TypeError` for a server that is not guarded.
 */
export function registryOf(server: object): Registry {
  const registry = registries.get(server)
  if (registry === undefined) throw new TypeError('server: must be one that guardTools returned')
  return registry
}

/** What a guarded server has registered. */
export class Registry {
  readonly guard: ToolGuard
  readonly lists: ListRule
  readonly #known: Readonly<Record<Listed, Map<string, CompiledTool>>> = {
    tool: new Map(),
    resource: new Map(),
    prompt: new Map(),
    template: new Map(),
  }

  constructor(server: object, guard: ToolGuard, lists: ListRule) {
    this.guard = guard
    this.lists = lists
    registries.set(server, this)
  }

  /**
   * Adds what is declared, and returns the handler that decides before it runs the given one.
   *
   * @param uri - Of a resource: a text, or a template.
   */
  add(kind: Kind, name: unknown, declared: unknown, callback: Handler, uri: unknown): Added {
    if (typeof name !== 'string' || name === '') throw new TypeError(`${kind}: must have a name`)
    if (typeof callback !== 'function') throw new TypeError(`${kind} ${name}: must have a function`)
    if (declared === undefined)
      throw new TypeError(`${kind} ${name}: says no capability, and 'public' must be said too`)
    // It runs for whoever lists, before any capability is asked for.
    if (kind === 'resource' && declared !== 'public' && listsItself(uri))
      throw new TypeError(`resource ${name}: a template that lists its resources cannot be guarded`)
    const defaults = { resource: `${kind}:${name}`, operation: OPERATIONS[kind] }
    const compiled = compileToolRequirement(declared, defaults)
    return {
      compiled,
      handler: (...given) => this.#run(kind, compiled, callback, given),
      commit: () => {
        // Resources are read by their URI; those of a template are not known beforehand, so its handler decides.
        if (kind === 'resource' && typeof uri !== 'string') this.#known.template.set(name, compiled)
        else this.#known[kind].set(kind === 'resource' ? String(uri) : name, compiled)
      },
    }
  }

  /** Guards what the SDK hands out for later changes: a callback that replaces the first one is wrapped as that was. */
  seal(kind: Kind, name: unknown, compiled: CompiledTool, registered: unknown): unknown {
    const handle = registered as { update?: (changes: Record<string, unknown>) => unknown }
    const update = handle.update?.bind(registered)
    if (update === undefined) return registered
    handle.update = (changes) => {
      if (changes['name'] !== undefined && changes['name'] !== null && changes['name'] !== name)
        throw new TypeError(`${kind} ${String(name)}: keeps its name, which its capability names`)
      if (changes['uri'] !== undefined) throw new TypeError(`${kind} ${String(name)}: keeps its URI`)
      const { callback } = changes
      if (typeof callback !== 'function') return update(changes)
      return update({
        ...changes,
        callback: (...given: unknown[]) => this.#run(kind, compiled, callback as Handler, given),
      })
    }
    return registered
  }

  /** What is registered under a name, or a URI. */
  find(kind: Listed, name: unknown): CompiledTool | undefined {
    return typeof name === 'string' ? this.#known[kind].get(name) : undefined
  }

  /** Whether a resource reads URIs by a template. */
  get hasTemplates(): boolean {
    return this.#known.template.size > 0
  }

  get hasPublicTemplates(): boolean {
    return [...this.#known.template.values()].some(({ requirement }) => requirement === 'public')
  }

  /** Decides before anything of a call is validated. */
  admit(compiled: CompiledTool, context: unknown): Promise<ToolDecision> {
    return this.guard.admit(compiled, tokenOf(context))
  }

  /** The context is the last argument of every handler; what stands before it names the object. */
  async #run(kind: Kind, compiled: CompiledTool, callback: Handler, given: unknown[]): Promise<unknown> {
    const args = kind === 'resource' ? given.at(-2) : given.length > 1 ? given[0] : undefined
    const decision = await this.guard.decide(compiled, tokenOf(given.at(-1)), args)
    if (!decision.allowed) return answerOf(kind, decision.refusal)
    return callback(...given)
  }
}

/** A refused tool answers with a result, because an error would lose what it says. Other handlers have errors alone. */
export function answerOf(kind: Kind, { code, title, required }: ToolRefusal): unknown {
  const meta = { 'dev.writ/code': code, ...(required === undefined ? {} : { 'dev.writ/required': required }) }
  if (kind !== 'tool') throw Object.assign(new Error(title), { code: -32_001, data: meta })
  return { isError: true, content: [{ type: 'text', text: title }], _meta: meta }
}

function listsItself(uri: unknown): boolean {
  return typeof uri === 'object' && uri !== null && (uri as { listCallback?: unknown }).listCallback !== undefined
}
