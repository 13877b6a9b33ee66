import { createUseLedger } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { describe, expect, it } from 'vitest'
import { createToolGuard, guardTool, ToolRefusedError } from '../src/index.ts'

const RIGHT = { resource: 'tool:send_email', operation: 'invoke', anchor: 'agent:assistant' }

async function start(more: object = {}) {
  const authority = await createTestAuthority()
  const { publicKey: keys, now } = authority
  const guard = createToolGuard({ keys, now, anchor: 'agent:assistant', ...more })
  const ran: unknown[] = []
  const send = guardTool(
    guard,
    'send_email',
    { designate: { recipient: 'to' } },
    (args: { to: unknown }, capability) => {
      ran.push(args)
      return `sent by ${capability?.subject}`
    },
  )
  const mint = (recipient: string, options = {}) =>
    authority.mint({ ...RIGHT, designations: { recipient }, ...options })
  return { authority, send, ran, mint }
}

describe('a tool of any framework', () => {
  it('runs with a capability for what its arguments name', async () => {
    const { send, ran, mint } = await start()
    expect(await send({ to: 'bob' }, await mint('bob'))).toBe('sent by alice')
    await expect(send({ to: 'mallory' }, await mint('bob'))).rejects.toMatchObject({
      name: 'ToolRefusedError',
      message: 'The capability token is for another object',
      refusal: { code: 'wrong_designation', required: { resource: 'tool:send_email', designations: ['recipient'] } },
    })
    await expect(send({ to: 'bob' }, undefined)).rejects.toBeInstanceOf(ToolRefusedError)
    expect(ran).toEqual([{ to: 'bob' }])
  })

  it('runs with the very arguments that were decided about', async () => {
    const { send, ran, mint } = await start({ revocation: { isRevoked: () => Promise.resolve(false) } })
    const args = { to: 'bob' }
    const running = send(args, await mint('bob'))
    args.to = 'mallory'
    await running
    expect(ran).toEqual([{ to: 'bob' }])
  })

  it.each([[{ toString: () => 'bob' }], [['bob']], [1.5], [null], ['']])(
    'an argument that is %j names nothing',
    async (to) => {
      const { send, ran, mint } = await start()
      const refused = send(
        { to: typeof to === 'object' && to !== null && 'toString' in to ? [to] : to },
        await mint('bob'),
      )
      await expect(refused).rejects.toThrow()
      expect(ran).toEqual([])
    },
  )

  it('spends a capability for a single use once', async () => {
    const singleUse = createUseLedger()
    const { send, ran, mint } = await start({ singleUse })
    const token = await mint('bob', { singleUse })
    await expect(send({ to: 'mallory' }, token)).rejects.toThrow()
    expect(await send({ to: 'bob' }, token)).toBe('sent by alice')
    await expect(send({ to: 'bob' }, token)).rejects.toMatchObject({ refusal: { code: 'already_used' } })
    expect(ran).toHaveLength(1)
  })

  it('is refused, and says so, when revocation cannot be looked up', async () => {
    const { send, ran, mint } = await start({ revocation: { isRevoked: () => Promise.reject(new Error('away')) } })
    await expect(send({ to: 'bob' }, await mint('bob'))).rejects.toMatchObject({ refusal: { code: 'unavailable' } })
    expect(ran).toEqual([])
  })
})
