import { reachOf } from './list-rule.ts'
import { methodOf } from './method-of.ts'
import { answerOf, type Handler, type Kind, type Listed, type Registry } from './registry.ts'
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
const LISTS: ReadonlyMap<string, readonly [kind: Listed, member: string, key: 'name' | 'uri']> = new Map([
  ['tools/list', ['tool', 'tools', 'name']],
  ['resources/list', ['resource', 'resources', 'uri']],
  ['resources/templates/list', ['template', 'resourceTemplates', 'name']],
  ['prompts/list', ['prompt', 'prompts', 'name']],
] as const)

/** What runs code of the server for nobody in particular, and which no capability could name. */
const REFUSED: ReadonlySet<string> = new Set(['completion/complete', 'resources/subscribe', 'resources/unsubscribe'])

/** What the SDK answers by itself, without any code of the server. */
const OWN: ReadonlySet<string> = new Set([
  ...['initialize', 'ping', 'server/discover', 'logging/setLevel'],
  ...['tasks/get', 'tasks/result', 'tasks/list', 'tasks/cancel'],
])

/** What is used of the server below, of both lines of the SDK. */
interface LowLevel {
  setRequestHandler: (...args: unknown[]) => unknown
  fallbackRequestHandler?: unknown
  readonly _requestHandlers?: unknown
}

/**
 * Guards the handlers of the server below, whoever sets them: a name that was not declared is refused whatever handler there is,
 * and nothing of a call is validated before its token is proven to be for it. Methods of other names, which an extension may
 * bring, cannot be set, because nobody could say what they demand.
 *
 * @param publicMethods - Such methods that anybody may call.
 * @throws `TypeError` if there are handlers already that would not be guarded.
 */
export function guardHandlers(server: object, registry: Registry, publicMethods: ReadonlySet<string>): void {
  const low = server as LowLevel
  const isOwn = (method: unknown) => OWN.has(method as string) || publicMethods.has(method as string)
  const { _requestHandlers: handlers } = low
  if (!(handlers instanceof Map)) throw new TypeError('server: is of no known line of the SDK')
  if (low.fallbackRequestHandler !== undefined || ![...handlers.keys()].every(isOwn))
    throw new TypeError('server: guard it before anything is registered')
  Object.defineProperty(low, 'fallbackRequestHandler', {
    get: () => undefined,
    set: () => {
      throw new TypeError('fallbackRequestHandler: would run for methods that nothing guards')
    },
  })
  const set = low.setRequestHandler.bind(server)
  low.setRequestHandler = (...args) => {
    const method = methodOf(args[0])
    const handler = args.pop() as Handler
    const call = CALLS.get(method)
    if (REFUSED.has(method)) return set(...args, refuseAll)
    const list = LISTS.get(method)
    if (list !== undefined) return set(...args, withoutOthers(list, handler, registry))
    if (call === undefined) {
      if (!isOwn(method))
        throw new TypeError(`${method}: cannot be guarded; name it in publicMethods if anybody may call it`)
      return set(...args, handler)
    }
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

/** Lists what was declared alone, and of that what the rule says. */
function withoutOthers(
  [kind, member, key]: readonly [Listed, string, 'name' | 'uri'],
  handler: Handler,
  registry: Registry,
): Handler {
  return async (...given) => {
    const answer = (await handler(...given)) as Readonly<Record<string, unknown>>
    const listed = (answer[member] ?? []) as readonly Readonly<Record<string, unknown>>[]
    const isReached = await reach(registry, given.at(-1))
    const isListed = (one: Readonly<Record<string, unknown>>) => {
      const known = registry.find(kind, one[key])
      // Only a public template can list what it has: it was registered with that word.
      if (known === undefined) return kind === 'resource' && registry.hasPublicTemplates
      return isReached(known)
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
