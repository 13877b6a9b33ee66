import { checkFunction } from '../internal/check-function.ts'
import type { AgentSession, AgentSessionOptions } from './agent-session.ts'
import { engineAsClient } from './internal/engine-as-client.ts'
import { readTools } from './internal/read-tools.ts'
import { refusalBy } from './internal/refusal-by.ts'
import { createRunning } from './internal/running-session.ts'

const OPTIONS = [
  ...['keys', 'tools', 'send', 'context', 'expiresIn', 'awaitApproval', 'now'],
  ...['client', 'engine', 'identity'],
]

const systemClock = () => Date.now() / 1000

/**
 * Opens the session of an agent, or goes on with one. No model is needed, and any loop of any framework can call it.
 *
 * @param options - See {@link AgentSessionOptions}; `keys`, `tools`, `send`, and a `client` or an `engine` are required.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong; `ToolCallError` if no session
 *   can be opened.
 *
 * @example
 * ```ts
 * import type { Client as McpClient } from '@modelcontextprotocol/client'
 * import { createClient } from '@writ/client'
 * import { createAgentSession, META_KEY } from '@writ/mcp'
 *
 * const { WRIT_PUBLIC_KEY: keys = '', WRIT_IDENTITY_SECRET: secret = '' } = process.env
 * const client = createClient({ url: 'https://authority.acme.example', keys, identity: { secret } })
 * declare const mcp: McpClient
 *
 * const session = await createAgentSession({
 *   client,
 *   keys,
 *   tools: { read_file: { designate: ['path'], anchor: 'mcp:files' } },
 *   send: ({ token, ...call }) => mcp.callTool({ ...call, _meta: { [META_KEY]: token } }),
 * })
 * const answer = await session.callTool('read_file', { path: 'notes/today.md' })
 * ```
 */
export async function createAgentSession<Result>(options: AgentSessionOptions<Result>): Promise<AgentSession<Result>> {
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) throw new TypeError(`${unknown}: unknown, must be one of ${OPTIONS.join(', ')}`)
  const { keys, send, awaitApproval, now = systemClock, expiresIn } = options
  checkFunction('send', send)
  if (awaitApproval !== undefined) checkFunction('awaitApproval', awaitApproval)
  const tools = readTools(options.tools)
  if ((options.client === undefined) === (options.engine === undefined))
    throw new TypeError('client: either a client or an engine must be given')
  const client = options.client ?? engineAsClient(options.engine, options.identity, keys, now)
  const settings = { keys, send, awaitApproval, now }
  try {
    const context = options.context ?? (await client.openContext(expiresIn === undefined ? {} : { expiresIn }))
    return createRunning(client, tools, context, settings)
  } catch (error) {
    throw refusalBy(error)
  }
}
