import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openSession } from '../src/open-session.ts'
import { runScenes } from '../src/run-scenes.ts'
import type { Told } from '../src/scene.ts'
import { SCENES } from '../src/scenes.ts'
import { type RunningOffice, startOffice } from '../src/start-office.ts'

// Two servers start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 })

const STEPS = SCENES.flatMap(({ steps }) => steps)
const textOf = ({ content }: { readonly content?: readonly unknown[] | undefined }) =>
  (content as [{ readonly text: string }] | undefined)?.[0].text

describe('the scripted assistant', () => {
  let told: readonly Told[]
  let tree: Awaited<ReturnType<typeof runScenes>>['tree']
  const titles: string[] = []
  beforeAll(async () => {
    const ended = await runScenes(SCENES, { scene: ({ title }) => void titles.push(title), told: () => {} })
    told = ended.told
    tree = ended.tree
  })

  it.each(STEPS.map(({ tried, code }, index) => [tried, code ?? 'passes', index] as const))(
    '%s: %s',
    (_tried, code, index) => {
      expect(told[index]?.code ?? 'passes').toBe(code)
      expect(told[index]?.kept).toBe(true)
    },
  )

  it('tells every scene, and afterwards who has delegated what to whom', () => {
    expect(titles).toEqual(SCENES.map(({ title }) => title))
    expect(tree).toEqual([
      {
        depth: 0,
        name: 'agent:assistant',
        minted: ['read_file (4)', 'web_search', 'send_email', 'read_customer', 'pay_invoice (2)'],
        refused: ['send_email (3)'],
      },
      {
        depth: 1,
        name: 'agent:assistant:researcher',
        minted: ['web_search'],
        refused: ['read_customer', 'web_search'],
      },
    ])
  })
})

describe('the office', () => {
  async function start(): Promise<RunningOffice> {
    const running = await startOffice()
    onTestFinished(() => running.close())
    return running
  }

  it('hands a tool the very file that the capability names', async () => {
    const running = await start()
    const { session, heard, present, close } = await openSession(running, running.clientOf('agent:assistant'))
    expect(textOf(await session.callTool('read_file', { path: 'notes/today.md' }))).toContain('Water the plants')
    const [call] = heard
    const respelt = { ...call!, arguments: { path: './notes/../notes/today.md' } }
    expect(textOf(await present(respelt))).toContain('Water the plants')
    const raw = await session.callTool('read_file', { path: './notes/today.md' })
    expect(raw._meta?.['dev.writ/code']).toBe('wrong_designation')
    await close()
  })

  it('pays once, however often an approved payment is presented at once', async () => {
    const running = await start()
    const { attest, inspect } = await import('@writ/core')
    const { session, heard, present, close } = await openSession(running, running.clientOf('agent:assistant'), {
      awaitApproval: async ({ token }) => {
        const { awaited } = await inspect(token, running.keys)
        const designations = Object.fromEntries(awaited.map(({ label, value }) => [label, value]))
        return attest(token, { keys: running.keys, privateKey: running.finance.privateKey }, { designations })
      },
    })
    await session.callTool('pay_invoice', { invoiceId: 'inv-7', cents: 100 })
    await Promise.all(Array.from({ length: 10 }, () => present(heard[0]!)))
    expect(running.office.payments).toEqual([{ invoiceId: 'inv-7', cents: 100 }])
    await close()
  })

  it('is refused what it was exposed to before it was restarted, and reconnected', async () => {
    const running = await start()
    const first = await openSession(running, running.clientOf('agent:assistant'))
    await first.session.callTool('read_customer', { customerId: '7' })
    await first.close()
    const second = await openSession(running, running.clientOf('agent:assistant'), { context: first.session.context() })
    await expect(
      second.session.callTool('send_email', { to: 'mallory@evil.example', text: 'x' }),
    ).rejects.toMatchObject({
      code: 'refused',
      reason: 'exposed',
    })
    expect(running.office.mails).toEqual([])
    await second.close()
  })

  it('answers a stranger with 401, before anything is dispatched', async () => {
    const running = await start()
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    const response = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="mcp"'])
  })
})
