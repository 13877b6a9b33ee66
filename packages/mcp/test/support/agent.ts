import { createUseLedger, generateKeyPair } from '@writ/core'
import { createEngine, createSessions, type Engine, parsePolicy } from '@writ/engine'
import {
  type AgentSession,
  type AgentSessionOptions,
  type AgentTool,
  type AuthorizedCall,
  createAgentSession,
  createToolGuard,
  guardTool,
} from '../../src/index.ts'

export const finance = await generateKeyPair()
export const keys = await generateKeyPair()

/** Who may call which tool. */
const POLICY = `
[[objects]]
id = "mcp:office"
[[objects]]
id = "agent:alice"
can_delegate = true
identity = { ttl = 3600, delegatable = true }
capabilities = [
  { target = "tool:read_file", operations = ["invoke"], anchor = "mcp:office" },
  { target = "tool:read_customer", operations = ["invoke"], anchor = "mcp:office" },
  { target = "tool:send_email", operations = ["invoke"], anchor = "mcp:office" },
  { target = "tool:search", operations = ["invoke"], anchor = "mcp:office" },
  { target = "tool:pay_invoice", operations = ["invoke"], anchor = "mcp:office", attested_by = { approval = "${finance.publicKey}" } },
]
[[objects]]
id = "agent:alice:helper"
parent = "agent:alice"
capabilities = [
  { target = "tool:read_file", operations = ["invoke"], anchor = "mcp:office" },
  { target = "tool:read_customer", operations = ["invoke"], anchor = "mcp:office" },
]
[[objects]]
id = "agent:mallory"
capabilities = [{ target = "tool:search", operations = ["invoke"], anchor = "mcp:office" }]
[classifications]
"tool:read_customer" = ["pii:customer"]
[[exposure_rules]]
labels = ["pii:*", "secret"]
blocks = ["tool:send_email"]
`

type Args = Readonly<Record<string, unknown>>

/** What each tool demands of its callers. */
const DECLARED = {
  read_file: { designate: ['path'] },
  read_customer: { designate: ['customerId'] },
  send_email: { designate: ['to'] },
  search: {},
  pay_invoice: { designate: { invoiceId: 'invoiceId', approval: 'invoiceId' } },
}

/** The tools as a session knows them. */
export const TOOLS: Readonly<Record<string, AgentTool<string>>> = {
  ...DECLARED,
  search: { exposes: (result) => (result.includes('secret') ? ['secret'] : []) },
}

/** An engine, tools that are guarded with its key, and sessions of agents that call them. */
export async function startOffice() {
  const clock = { now: 1_800_000_000 }
  const now = () => clock.now
  const singleUse = createUseLedger({ now })
  const engine: Engine = createEngine({
    policy: parsePolicy(POLICY),
    keys,
    sessions: createSessions({ now }),
    singleUse,
    now,
  })
  const guard = createToolGuard({ keys: keys.publicKey, anchor: 'mcp:office', singleUse, now })
  const ran: string[] = []
  const sent: AuthorizedCall[] = []
  const run = (name: string) => (args: Args) => {
    ran.push(`${name} ${JSON.stringify(args)}`)
    return `${name} says ${JSON.stringify(args)}`
  }
  const tools = new Map(
    Object.entries(DECLARED).map(([name, declared]) => [name, guardTool(guard, name, declared, run(name))]),
  )
  const present = async ({ name, arguments: args, token }: AuthorizedCall): Promise<string> =>
    (await tools.get(name)?.(args, token)) ?? 'there is no such tool'
  const send = (call: AuthorizedCall) => {
    sent.push(call)
    return present(call)
  }
  const open = async (
    subject = 'agent:alice',
    more: Partial<AgentSessionOptions<string>> = {},
  ): Promise<AgentSession<string>> => {
    const identity = await engine.mintIdentity({ subject })
    const options = { engine, identity, keys: keys.publicKey, tools: TOOLS, send, now, ...more }
    return createAgentSession(options as AgentSessionOptions<string>)
  }
  return { engine, clock, now, ran, sent, present, open }
}
