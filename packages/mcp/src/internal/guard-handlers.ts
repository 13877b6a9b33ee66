import { reachOf } from './list-rule.ts'
import { methodOf } from './method-of.ts'
import { answerOf, type Handler, type Kind, type Registry } from './registry.ts'
import { tokenOf } from './token-of.ts'

interface Request {
  readonly params?: { readonly name?: unknown; readonly uri?: unknown }
}

/** What runs code of one thing that is registered, and how a request names it. */
export const CALLS: ReadonlyMap<string, readonly [kind: Kind, key: 'name' | 'uri']> = new Map([
  ['tools/call', ['tool', 'name']],
  ['resources/read', ['resource', 'uri']],
  ['prompts/get', ['prompt', 'name']],
] as const)

/** What lists things, and the member of its answer. */
const LISTS: ReadonlyMap<string, readonly [kind: Kind, member: string, key: 'name' | 'uri']> = new Map([
  ['tools/list', ['tool', 'tools', 'name']],
  ['resources/list', ['resource', 'resources', 'uri']],
  ['prompts/list', ['prompt', 'prompts', 'name']],
] as const)

/** What runs code of the server for nobody in particular, and which no capability could name. */
const REFUSED: ReadonlySet<string> = new Set(['completion/complete', 'resources/subscribe', 'resources/unsubscribe'])

/**
 * Guards the handlers of the server below, whoever sets them: a name that was not declared is refused whatever handler there is,
 * and nothing of a call is validated before its token is proven to be for it.
 */
export function guardHandlers(server: object, registry: Registry): void {
  const low = server as { setRequestHandler: (...args: unknown[]) => unknown }
  const set = low.setRequestHandler.bind(server)
  low.setRequestHandler = (...args) => {
    const method = methodOf(args[0])
    const handler = args.pop() as Handler
    const call = CALLS.get(method)
    if (REFUSED.has(method)) return set(...args, refuseAll)
    const list = LISTS.get(method)
    if (list !== undefined) return set(...args, withoutOthers(list, handler, registry))
    if (call === undefined) return set(...args, handler)
    const [kind, key] = call
    return set(...args, async (request: Request, ...rest: unknown[]) => {
      const known = registry.find(kind, request.params?.[key])
      if (known === undefined) {
        // A template reads URIs that no name is known of: it decides itself, with what it finds in them.
        if (kind === 'resource' && registry.hasTemplates) return handler(request, ...rest)
        return answerOf(kind, { code: 'unguarded', title: `There is no such ${kind}`, required: undefined })
      }
      const decision = await registry.admit(known, rest[0])
      if (!decision.allowed) return answerOf(kind, decision.refusal)
      return handler(request, ...rest)
    })
  }
}

function refuseAll(): never {
  throw Object.assign(new Error('This server does not do that'), { code: -32_601 })
}

/**
 * Lists what was declared alone, and of that what the rule says. A resource that a template lists is read by that template,
 * which decides.
 */
function withoutOthers(
  [kind, member, key]: readonly [Kind, string, 'name' | 'uri'],
  handler: Handler,
  registry: Registry,
): Handler {
  return async (...given) => {
    const answer = (await handler(...given)) as Readonly<Record<string, unknown>>
    const listed = (answer[member] ?? []) as readonly Readonly<Record<string, unknown>>[]
    const isReached = await reach(registry, given.at(-1))
    const isListed = (one: Readonly<Record<string, unknown>>) => {
      const known = registry.find(kind, one[key])
      return known === undefined ? kind === 'resource' && registry.hasTemplates : isReached(known)
    }
    // A list for one caller must not be kept for others.
    const scope = registry.lists !== 'declared' && 'cacheScope' in answer ? { cacheScope: 'private' } : {}
    return { ...answer, ...scope, [member]: listed.filter(isListed) }
  }
}

async function reach({ lists, guard }: Registry, context: unknown) {
  const token = lists === 'declared' ? undefined : tokenOf(context)
  const connection = token === undefined ? undefined : await guard.connect(token)
  return reachOf(lists, connection?.allowed ? connection.caller : undefined)
}
