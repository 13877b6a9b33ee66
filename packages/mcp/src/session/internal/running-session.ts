import { attenuate, delegateIdentity, type Keys } from '@writ/core/hold'
import { CapabilityError, createIdentityVerifier } from '@writ/core/verify'
import type { AgentSession, AgentSessionOptions, AuthorizedCall, ForkOptions } from '../agent-session.ts'
import type { SessionClient } from '../session-authority.ts'
import { ToolCallError } from '../tool-call-error.ts'
import { approved } from './approved.ts'
import { inTurn } from './in-turn.ts'
import type { ReadTool } from './read-tools.ts'
import { refusalBy } from './refusal-by.ts'

/** What a session and its forks share. */
export interface SessionSettings<Result> {
  readonly keys: Keys
  readonly send: AgentSessionOptions<Result>['send']
  readonly awaitApproval: AgentSessionOptions<Result>['awaitApproval']
  readonly now: () => number
}

type Tools<Result> = ReadonlyMap<string, ReadTool<Result>>

/** What a forked session knows of the one above it. */
export interface Above {
  isOver(): boolean
  /** The fork has ended. */
  forget(session: Pick<AgentSession<unknown>, 'end'>): void
}

/** Runs a session. All that is secret is in variables of this function, so that no log of the session shows it. */
export function createRunning<Result>(
  client: SessionClient,
  tools: Tools<Result>,
  firstContext: string,
  settings: SessionSettings<Result>,
  above?: Above,
): AgentSession<Result> {
  const { keys, send, awaitApproval, now } = settings
  const identities = createIdentityVerifier({ keys, now })
  // The authority's record of a session is what counts; in turn, this context has all of it too.
  const alone = inTurn()
  let context = firstContext
  let ended = false
  const isOver = () => ended || above?.isOver() === true
  const forks = new Set<Pick<AgentSession<unknown>, 'end'>>()

  /** Asks the authority, which may say that the session is over. */
  async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (isOver()) throw new ToolCallError('ended')
    try {
      return await question()
    } catch (error) {
      const refusal = refusalBy(error)
      if (refusal.code === 'ended') ended = true
      throw refusal
    }
  }

  const mint = (tool: ReadTool<Result>, designations: Readonly<Record<string, string>>) =>
    alone(async () => {
      const { resource: target, operation, anchor, singleUse } = tool
      const minted = await ask(() => client.mint({ target, operation, designations, context, anchor, singleUse }))
      if (minted.context !== undefined) context = minted.context
      return minted.capability
    })

  /** What cannot be recorded is not handed out. */
  const expose = (exposures: readonly string[], source: string) =>
    alone(async () => {
      context = await ask(() => client.addExposure(context, { exposures, source }))
    })

  const session: AgentSession<Result> = {
    async callTool(name, args = {}) {
      if (isOver()) throw new ToolCallError('ended')
      const tool = tools.get(name)
      if (tool === undefined) throw new ToolCallError('unknown_tool')
      const call = { name, arguments: copyOf(args) }
      const designations = named(tool, call.arguments)
      const token = await approved(await mint(tool, designations), call, keys, awaitApproval)
      const { expiresIn } = tool
      const narrow = await attenuate(token, keys, { designations, expiresIn, now })
      if (isOver()) throw new ToolCallError('ended')
      const result = await send({ ...call, token: narrow })
      const exposures = tool.exposes?.(result, call) ?? []
      if (exposures.length > 0) await expose(exposures, name)
      return result
    },
    async fork(name, options = {}) {
      if (isOver()) throw new ToolCallError('ended')
      const own = await client.identity()
      const { identity } = await identities.verify(own)
      const { expiresIn, maxDepth = 0 } = options
      const below = {
        identity: `${identity}:${name}`,
        maxDepth,
        now,
        ...(expiresIn === undefined ? {} : { expiresIn }),
      }
      const delegated = await delegateIdentity(own, keys, below)
      const child = client.as(() => delegated)
      const fork = createRunning(child, some(tools, options), context, settings, {
        isOver,
        forget: (one) => forks.delete(one),
      })
      forks.add(fork)
      return fork
    },
    identity: async () => (await identities.verify(await client.identity())).identity,
    context: () => context,
    end() {
      ended = true
      for (const fork of forks) fork.end()
      if (above === undefined) return
      above.forget(session)
      // It was made for this session. That of the first one is its user's.
      client.close()
    },
  }
  return session
}

/** The caller may change the arguments while the authority is asked. */
function copyOf(args: object): AuthorizedCall['arguments'] {
  try {
    return structuredClone(args) as AuthorizedCall['arguments']
  } catch (cause) {
    throw new ToolCallError('wrong_arguments', { cause })
  }
}

function named<Result>(
  tool: ReadTool<Result>,
  args: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  try {
    return tool.designations(args)
  } catch (cause) {
    const { label } = cause instanceof CapabilityError ? cause : { label: undefined }
    throw new ToolCallError('wrong_arguments', { reason: label, cause })
  }
}

function some<Result>(tools: Tools<Result>, { tools: names }: ForkOptions): Tools<Result> {
  if (names === undefined) return tools
  return new Map(
    names.map((name) => {
      const tool = tools.get(name)
      if (tool === undefined) throw new TypeError('tools: must be tools of the session that is forked')
      return [name, tool] as const
    }),
  )
}
