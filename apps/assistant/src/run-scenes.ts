import { attest, inspect } from '@writ/core'
import { type ApprovalRequest, ToolCallError } from '@writ/mcp'
import { type AuditEntry, type DelegationLine, describeDelegations } from './describe-delegations.ts'
import { type Answer, openSession } from './open-session.ts'
import type { Scene, Step, Told, World } from './scene.ts'
import { type RunningOffice, startOffice } from './start-office.ts'

const MOST_RECORDS = 1000

/** What is told while the scenes run. */
export interface Teller {
  readonly scene: (scene: Scene) => void
  readonly told: (told: Told) => void
}

/** Runs scenes against an office of their own; afterwards it tells who has delegated what to whom, from the audit. */
export async function runScenes(
  scenes: readonly Scene[],
  teller: Teller,
): Promise<{ readonly told: readonly Told[]; readonly tree: readonly DelegationLine[] }> {
  const running = await startOffice()
  try {
    const client = running.clientOf('agent:assistant')
    const awaitApproval = (request: ApprovalRequest) => askFinance(request, world)
    const agent = await openSession(running, client, { awaitApproval })
    const world: World = { running, client, agent, finance: 'is away' }
    const told: Told[] = []
    for (const scene of scenes) {
      teller.scene(scene)
      for (const step of scene.steps) {
        const one = await run(step, world)
        teller.told(one)
        told.push(one)
      }
    }
    await agent.close()
    return { told, tree: describeDelegations(await readAudit(running), 'agent:assistant') }
  } finally {
    await running.close()
  }
}

async function run(step: Step, world: World): Promise<Told> {
  const start = performance.now()
  const code = await codeOf(() => step.run(world))
  return { step, code, milliseconds: performance.now() - start, kept: code === step.code }
}

/** `undefined` for what was done. Errors of no known form are those of the program. */
async function codeOf(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    const { isError, _meta } = ((await run()) ?? {}) as Answer
    if (isError !== true) return undefined
    const code = _meta?.['dev.writ/code']
    return typeof code === 'string' ? code : 'invalid_arguments'
  } catch (error) {
    if (error instanceof ToolCallError) return error.code === 'refused' ? error.reason : error.code
    if (error instanceof TypeError && error.message.startsWith('token: may not be delegated')) return 'not_delegatable'
    throw error
  }
}

/**
 * The device of whoever approves. It believes what the token says, and nothing else of the request; it needs no network, and its
 * private key never leaves it.
 */
async function askFinance({ token }: ApprovalRequest, { running, finance }: World): Promise<string> {
  if (finance === 'is away') throw new Error('nobody is there')
  const { keys } = running
  const { resource, awaited } = await inspect(token, keys)
  const own = awaited.filter(({ by }) => by === running.finance.publicKey)
  if (resource !== 'tool:pay_invoice' || own.length !== 1) throw new Error('this is no payment')
  const designations = Object.fromEntries(own.map(({ label, value }) => [label, value]))
  return attest(token, { keys, privateKey: running.finance.privateKey }, { designations })
}

async function readAudit({ authorityUrl, clientOf }: RunningOffice): Promise<readonly AuditEntry[]> {
  const response = await clientOf('admin').fetch(`${authorityUrl}/v1/audit?limit=${MOST_RECORDS}`, {
    capability: { target: 'authority.audit', operation: 'read' },
  })
  if (!response.ok) throw new Error(`the audit cannot be read: ${response.status}`)
  return ((await response.json()) as { readonly records: readonly AuditEntry[] }).records
}
