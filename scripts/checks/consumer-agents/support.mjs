// A guarded tool, and the calls that each framework is put to. The framework calls the tool, and a scripted model the framework.
import { generateKeyPair, mintCapability } from '@writ/core'
import { createToolGuard, guardTool } from '@writ/mcp'

const { publicKey, privateKey } = await generateKeyPair()
const guard = createToolGuard({ keys: publicKey, anchor: 'agent:assistant' })
const ran = []

/** The function behind the tool, as every framework gets it. */
export const sendEmail = guardTool(guard, 'send_email', { designate: ['to'] }, async ({ to }) => {
  ran.push(to)
  return `sent to ${to}`
})

const mint = (more = {}) =>
  mintCapability(
    {
      ...{ subject: 'agent:alice', resource: 'tool:send_email', operation: 'invoke', anchor: 'agent:assistant' },
      ...{ designations: { to: 'bob' }, ...more },
    },
    privateKey,
  )
const now = Math.floor(Date.now() / 1000)

const CASES = [
  ['a capability for this call', 'bob', await mint(), 'sent to bob'],
  ['one for another address', 'mallory', await mint(), 'The capability token is for another object'],
  ['none', 'bob', undefined, 'A capability token is required'],
  ['one for another tool', 'bob', await mint({ resource: 'tool:pay' }), 'The capability token is for another resource'],
  [
    'one that has expired',
    'bob',
    await mint({ expiresIn: 1, now: () => now - 60 }),
    'The capability token has expired',
  ],
]

/**
 * Runs every case, each with a loop of its own.
 *
 * @param loop - Runs the framework until the model ends; resolves to what the model was told of its call.
 */
export async function check(framework, loop) {
  let failed = 0
  for (const [what, to, token, expected] of CASES) {
    ran.length = 0
    const told = await loop({ to }, token).catch((error) => `the loop ended: ${error.stack}`)
    const isRight = told.includes(expected) && !(token && told.includes(token.slice(0, 40)))
    if (isRight && ran.join() === (expected === 'sent to bob' ? 'bob' : '')) continue
    failed += 1
    console.log(`${framework}, with ${what}: ${told}; ran: ${ran}`)
  }
  console.log(`${framework}: ${CASES.length - failed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
