import { inspect as printed } from 'node:util'
import { attest, inspect } from '@writ/core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ApprovalRequest, SessionClient, ToolCallError } from '../src/index.ts'
import { finance, keys, startOffice, TOOLS } from './support/agent.ts'

let office: Awaited<ReturnType<typeof startOffice>>

beforeEach(async () => {
  office = await startOffice()
})

/** The code of a call that is not made, and why. */
const refused = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail('the call was made'),
    ({ name, code, reason }: ToolCallError) => {
      expect(name).toBe('ToolCallError')
      return reason === undefined ? code : `${code} ${reason}`
    },
  )

describe('the session of an agent', () => {
  it('calls a tool with a capability for exactly that call', async () => {
    const session = await office.open()
    expect(await session.callTool('read_file', { path: 'a.txt' })).toBe('read_file says {"path":"a.txt"}')
    const { token } = office.sent[0]!
    const { resource, subject, designations, expiresAt } = await inspect(token)
    expect({ resource, subject, expiresAt }).toEqual({
      resource: 'tool:read_file',
      subject: 'agent:alice',
      expiresAt: office.clock.now + 10,
    })
    expect(designations.map(({ label, value }) => `${label}=${value}`)).toContain('path=a.txt')
    await expect(office.present({ name: 'read_file', arguments: { path: 'b.txt' }, token })).rejects.toThrow(
      'The capability token is for another object',
    )
  })

  it.each([
    ['a tool that it does not have', 'delete_all', {}, 'unknown_tool'],
    ['a member of every object', 'constructor', {}, 'unknown_tool'],
    ['arguments that name nothing', 'read_file', {}, 'wrong_arguments path'],
    ['an argument that is a list', 'read_file', { path: ['a.txt'] }, 'wrong_arguments path'],
    ['an argument that cannot be copied', 'read_file', { path: () => 'a.txt' }, 'wrong_arguments'],
  ])('asks for nothing for %s', async (_name, name, args, code) => {
    expect(await refused((await office.open()).callTool(name, args))).toBe(code)
    expect(office.sent).toEqual([])
  })

  it('is refused what the policy does not grant, and goes on', async () => {
    const session = await office.open('agent:mallory')
    expect(await refused(session.callTool('read_file', { path: 'a.txt' }))).toBe('refused not_granted')
    expect(await session.callTool('search')).toBe('search says {}')
  })

  it('is refused what it could leak, after what it has seen', async () => {
    const session = await office.open()
    const before = session.context()
    expect(await session.callTool('send_email', { to: 'bob' })).toContain('send_email')
    await session.callTool('read_customer', { customerId: '7' })
    expect(await refused(session.callTool('send_email', { to: 'mallory' }))).toBe('refused exposed')
    expect(await session.callTool('read_file', { path: 'a.txt' })).toContain('read_file')
    for (const context of [before, session.context()]) {
      const reopened = await office.open('agent:alice', { context })
      expect(await refused(reopened.callTool('send_email', { to: 'mallory' }))).toBe('refused exposed')
    }
    expect(office.ran.filter((call) => call.startsWith('send_email'))).toHaveLength(1)
  })

  it('is refused it in a new session too, because an agent remembers what it has seen', async () => {
    await (await office.open()).callTool('read_customer', { customerId: '7' })
    expect(await refused((await office.open()).callTool('send_email', { to: 'mallory' }))).toBe('refused exposed')
  })

  it('records what a result exposes it to before it hands the result out', async () => {
    const session = await office.open()
    await session.callTool('search', { for: 'weather' })
    expect(await session.callTool('send_email', { to: 'bob' })).toContain('send_email')
    await session.callTool('search', { for: 'secret' })
    expect(await refused(session.callTool('send_email', { to: 'bob' }))).toBe('refused exposed')
  })

  it('hands out no result that cannot be recorded', async () => {
    const session = await office.open()
    await session.callTool('search', { for: 'weather' })
    const { engine } = office
    const down = { ...engine, addExposure: () => Promise.reject(new Error('the store is away')) }
    const cut = await office.open('agent:alice', { engine: down, context: session.context() } as object)
    expect(await refused(cut.callTool('search', { for: 'secret' }))).toBe('unavailable')
  })

  it('decides about many calls at once each for itself, and about what they see together', async () => {
    const session = await office.open()
    const paths = Array.from({ length: 20 }, (_, index) => `${index}.txt`)
    await Promise.all([
      ...paths.map((path) => session.callTool('read_file', { path })),
      session.callTool('read_customer', { customerId: '7' }),
    ])
    expect(office.ran).toHaveLength(21)
    expect(await refused(session.callTool('send_email', { to: 'mallory' }))).toBe('refused exposed')
  })

  it('calls with the arguments that it was given, whatever the caller does to them meanwhile', async () => {
    const args = { path: 'a.txt' }
    const calling = (await office.open()).callTool('read_file', args)
    args.path = 'b.txt'
    expect(await calling).toBe('read_file says {"path":"a.txt"}')
  })

  it('gets a capability for one use where the tool says so', async () => {
    const tools = { search: { singleUse: true } }
    const session = await office.open('agent:alice', { tools })
    await session.callTool('search')
    await expect(office.present(office.sent[0]!)).rejects.toMatchObject({ refusal: { code: 'already_used' } })
    expect(office.ran).toHaveLength(1)
  })

  it('shows no token when it is printed, and its errors show none', async () => {
    const session = await office.open('agent:mallory')
    const error = await session.callTool('read_file', { path: 'a.txt' }).catch((thrown) => thrown)
    for (const text of [
      printed(session, { depth: 9, showHidden: true }),
      JSON.stringify(session),
      printed(error, { depth: 9 }),
    ])
      expect(text).not.toMatch(/[\w-]{60}/)
  })

  it('is over when it is ended, with all that was forked from it', async () => {
    const session = await office.open()
    const helper = await session.fork('helper', { maxDepth: 1 })
    session.end()
    for (const one of [session, helper])
      expect(await refused(one.callTool('read_file', { path: 'a.txt' }))).toBe('ended')
    await expect(session.fork('helper')).rejects.toMatchObject({ code: 'ended' })
    await expect(helper.fork('child')).rejects.toMatchObject({ code: 'ended' })
    expect(office.sent).toEqual([])
  })

  it('closes what was made for forks, when they end and when it ends itself', async () => {
    const closed: string[] = []
    const client = (name: string): SessionClient => ({
      mint: () => Promise.reject(new Error('nothing is minted')),
      openContext: async () => 'context',
      addExposure: async () => 'context',
      identity: async () => identity,
      as: () => client(`${name}>`),
      close: () => void closed.push(name),
    })
    const identity = await office.engine.mintIdentity({ subject: 'agent:alice' })
    const session = await office.open('agent:alice', {
      client: client('a'),
      engine: undefined,
      identity: undefined,
    } as object)
    const [first, second] = [await session.fork('x', { maxDepth: 1 }), await session.fork('y')]
    await first.fork('deep')
    second.end()
    expect(closed).toEqual(['a>'])
    session.end()
    expect(closed.toSorted()).toEqual(['a>', 'a>', 'a>>'])
  })

  it('is over when its identity or its context has expired', async () => {
    const session = await office.open()
    office.clock.now += 3600
    expect(await refused(session.callTool('read_file', { path: 'a.txt' }))).toBe('ended wrong_identity')
    expect(await refused(session.callTool('read_file', { path: 'a.txt' }))).toBe('ended')
    const late = await office.open('agent:alice', { context: session.context() })
    expect(await refused(late.callTool('read_file', { path: 'a.txt' }))).toBe('ended wrong_context')
  })

  it('does not take the context of somebody else', async () => {
    const context = (await office.open()).context()
    const mallory = await office.open('agent:mallory', { context })
    expect(await refused(mallory.callTool('search'))).toBe('ended wrong_context')
  })

  it.each([
    [{ tool: {} }, 'tool: unknown, must be one of keys, tools, send'],
    [{ send: undefined }, 'send: must be a function'],
    [{ awaitApproval: true }, 'awaitApproval: must be a function'],
    [{ engine: undefined }, 'client: either a client or an engine must be given'],
    [{ tools: { search: { designat: [] } } }, 'tools.search.designat: unknown'],
    [{ tools: { search: { expiresIn: 'soon' } } }, 'tools.search.expiresIn'],
    [{ tools: { search: { designate: [''] } } }, 'capability.designate: must be names of arguments'],
    [{ tools: null }, 'tools: must be an object'],
  ])('cannot be opened with %j', async (more, message) => {
    const opening = office.open('agent:alice', more as object)
    await expect(opening).rejects.toThrow(TypeError)
    await expect(opening).rejects.toThrow(message)
  })
})

describe('an agent that is forked', () => {
  it('speaks as a name below, and gets what both may have', async () => {
    const session = await office.open()
    const helper = await session.fork('helper')
    expect(await helper.identity()).toBe('agent:alice:helper')
    await helper.callTool('read_file', { path: 'a.txt' })
    expect((await inspect(office.sent[0]!.token)).subject).toBe('agent:alice:helper')
    expect(await refused(helper.callTool('send_email', { to: 'bob' }))).toBe('refused not_granted')
    const stranger = await session.fork('stranger')
    expect(await refused(stranger.callTool('read_file', { path: 'a.txt' }))).toBe('ended unknown_subject')
  })

  it('is in the session of its parent: what one has seen, both have', async () => {
    const session = await office.open()
    const helper = await session.fork('helper')
    await helper.callTool('read_customer', { customerId: '7' })
    expect(await refused(session.callTool('send_email', { to: 'mallory' }))).toBe('refused exposed')
  })

  it('has some of the tools, forks no further unless it is allowed to, and ends in time', async () => {
    const session = await office.open()
    const helper = await session.fork('helper', { tools: ['search'], expiresIn: '1m' })
    expect(await refused(helper.callTool('read_file', { path: 'a.txt' }))).toBe('unknown_tool')
    await expect(helper.fork('child')).rejects.toThrow('token: may not be delegated any further')
    await expect(session.fork('helper', { tools: ['constructor'] })).rejects.toThrow(
      'tools: must be tools of the session',
    )
    await expect(session.fork('')).rejects.toThrow('identity:')
    const short = await session.fork('helper', { expiresIn: '1m' })
    office.clock.now += 60
    expect(await refused(short.callTool('read_file', { path: 'a.txt' }))).toBe('ended wrong_identity')
    expect(await session.callTool('read_file', { path: 'a.txt' })).toContain('read_file')
  })

  it('that ends does not end its parent', async () => {
    const session = await office.open()
    ;(await session.fork('helper')).end()
    expect(await session.callTool('read_file', { path: 'a.txt' })).toContain('read_file')
  })
})

describe('a call that a person must approve', () => {
  const PAY = { invoiceId: 'inv-7' }
  const approve = ({ token, awaited }: ApprovalRequest, { privateKey } = finance) =>
    attest(
      token,
      { keys: keys.publicKey, privateKey },
      {
        designations: Object.fromEntries(awaited.map(({ label, value }) => [label, value])),
      },
    )

  it('waits for the word of that person, which is good for that call alone', async () => {
    const asked: ApprovalRequest[] = []
    const awaitApproval = (request: ApprovalRequest) => {
      asked.push(request)
      return approve(request)
    }
    const session = await office.open('agent:alice', { awaitApproval })
    expect(await session.callTool('pay_invoice', PAY)).toBe('pay_invoice says {"invoiceId":"inv-7"}')
    expect(asked).toMatchObject([
      { name: 'pay_invoice', arguments: PAY, awaited: [{ label: 'approval', value: 'inv-7', by: finance.publicKey }] },
    ])
    const { token } = office.sent[0]!
    await expect(office.present({ name: 'pay_invoice', arguments: { invoiceId: 'inv-8' }, token })).rejects.toThrow()
    await session.callTool('read_file', { path: 'a.txt' })
    expect(asked).toHaveLength(1)
  })

  it.each<[string, ((request: ApprovalRequest) => unknown) | undefined]>([
    ['nobody is asked', undefined],
    ['the answer is no', () => Promise.reject(new Error('no'))],
    ['the answer is the capability as it was', ({ token }) => token],
    ['the answer is nothing', () => undefined],
    [
      'mallory approves',
      async (request) => approve(request, await import('@writ/core').then((core) => core.generateKeyPair())),
    ],
    ['another capability comes back', async () => office.sent[0]!.token],
  ])('is not made if %s', async (_name, awaitApproval) => {
    const session = await office.open('agent:alice', { awaitApproval } as object)
    await session.callTool('read_file', { path: 'a.txt' })
    expect(await refused(session.callTool('pay_invoice', PAY))).toBe('not_approved')
    expect(office.sent).toHaveLength(1)
  })

  it('is not made if the session has ended meanwhile', async () => {
    const session = await office.open('agent:alice', {
      awaitApproval: (request) => {
        session.end()
        return approve(request)
      },
    })
    expect(await refused(session.callTool('pay_invoice', PAY))).toBe('ended')
    expect(office.sent).toEqual([])
  })

  it('that is approved for another call is refused by the server', async () => {
    const session = await office.open('agent:alice', { awaitApproval: approve })
    await session.callTool('pay_invoice', PAY)
    const [{ token }] = office.sent as unknown as [{ token: string }]
    const replayed = office.present({ name: 'pay_invoice', arguments: { invoiceId: 'inv-8' }, token })
    await expect(replayed).rejects.toMatchObject({ refusal: { code: 'wrong_designation' } })
  })
})

it('the tools of the test are those of the policy', () => {
  expect(Object.keys(TOOLS)).toHaveLength(5)
})
