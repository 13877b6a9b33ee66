import { generateKeyPair } from '@writ/core'
import { createEngine, createSessions, parsePolicy } from '@writ/engine'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type AgentSession, createAgentSession } from '../src/index.ts'

// A plain run draws one in six of the cases, `npm run check -- --full` draws all, on the other runtimes.
const NUM_RUNS = process.env['WRIT_LONG'] === '1' ? 300 : 50

const NOW = 1_800_000_000
const now = () => NOW
const keys = await generateKeyPair()
const TOOLS = ['search', 'read', 'mail']
const NAMES = ['agent:alice', 'agent:alice:x', 'agent:alice:x:y', 'agent:alice:z']

/** What a policy says of each name: its tools, and which name above is its parent. */
const policies = fc
  .tuple(
    ...NAMES.map(() =>
      fc.record({ tools: fc.subarray(TOOLS), parent: fc.nat(2), inherit: fc.boolean(), isDeclared: fc.boolean() }),
    ),
  )
  .map((objects) =>
    objects.flatMap(({ tools, parent, inherit, isDeclared }, index) => {
      const isKnown = (place: number) => place === 0 || objects[place]?.isDeclared
      const above = NAMES.filter((name, place) => NAMES[index]?.startsWith(`${name}:`) && isKnown(place))
      const root = index === 0
      if (!root && !isDeclared) return []
      return {
        id: NAMES[index],
        ...(root
          ? { can_delegate: true, identity: { delegatable: true } }
          : parent === 0
            ? {}
            : { parent: above[parent % above.length] }),
        subordinates: inherit ? 'inherit' : 'declared',
        capabilities: tools.map((tool) => ({ target: `tool:${tool}`, operations: ['invoke'] })),
      }
    }),
  )

/** A path of forks: names of children, each of the one before. */
const paths = fc.array(fc.constantFrom('x', 'y', 'z', 'x:y', 'q'), { maxLength: 3 })

async function mayCall(session: AgentSession<string>): Promise<readonly string[]> {
  const allowed = await Promise.all(TOOLS.map((tool) => session.callTool(tool).catch(() => undefined)))
  return allowed.filter((tool) => tool !== undefined)
}

it('a sub-agent never gets more than any of its ancestors, whatever the policy and the tree are', async () => {
  let gained = 0
  await fc.assert(
    fc.asyncProperty(policies, paths, async (objects, path) => {
      // A strict policy demands parents here.
      const policy = parsePolicy({ objects: objects as never }, { compat: 'hessra' })
      const engine = createEngine({ policy, keys, sessions: createSessions({ now }), now })
      const identity = await engine.mintIdentity({ subject: 'agent:alice' })
      const tools = Object.fromEntries(TOOLS.map((tool) => [tool, {}]))
      const options = { engine, identity, keys: keys.publicKey, tools, send: ({ name }: { name: string }) => name, now }
      const line: AgentSession<string>[] = [await createAgentSession(options)]
      for (const [index, name] of path.entries())
        line.unshift(await (line[0] as AgentSession<string>).fork(name, { maxDepth: 2 * (path.length - index) }))
      let below: readonly string[] = []
      // The youngest first: the session of a name that the policy does not know ends with the first call.
      for (const session of line) {
        const own = await mayCall(session)
        expect(own).toEqual(expect.arrayContaining([...below]))
        if (session !== line.at(-1)) gained += own.length
        below = own
      }
    }),
    { numRuns: NUM_RUNS },
  )
  // A generator of agents that may do nothing would prove nothing.
  expect(gained).toBeGreaterThan(0)
})
