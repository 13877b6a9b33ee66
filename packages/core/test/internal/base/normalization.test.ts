import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createContextVerifier,
  createIdentityVerifier,
  delegateIdentity,
  mintContext,
  mintIdentity,
} from '../../../src/index.ts'
import { contextBlock, exposureBlock, forgeContext } from '../../support/contexts.ts'
import { actorCheck, equals, identity, identityBlock, speaks, speaksAs } from '../../support/identity.ts'
import { root } from '../../support/keys.ts'
import { messageOf } from '../../support/message-of.ts'
import { expectRefused, NOW } from '../../support/verify.ts'

const now = () => NOW

// Putting marks in their order takes steps by the square of how many stand in a row: 2,000 of them take three milliseconds, and
// a token can name them in each of its blocks.
const marks = (count: number) => '\u0301'.repeat(Math.ceil(count / 2)) + '\u0316'.repeat(Math.floor(count / 2))
const many = `agent:alice:a${marks(2000)}`
const inOrder = (count: number) => `a${'\u0316'.repeat(count)}`

afterEach(() => {
  vi.restoreAllMocks()
})

/** The most marks that stand in a row in any text that was normalized. */
function countNormalized() {
  const asked = vi.spyOn(String.prototype, 'normalize')
  return () => Math.max(0, ...asked.mock.contexts.map((text) => longestRun(String(text))))
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\p{M}+/gu)].map(([run]) => run.length))
}

describe('no text with more than 30 combining marks in a row is ever normalized', () => {
  it('an identity whose name has more than 30 combining marks in a row is refused, in any block', async () => {
    const blocks = Array.from({ length: 31 }, () => ({ checks: [actorCheck(equals(many))] }))
    const token = identity(identityBlock(), blocks)
    const longest = countNormalized()
    await expectRefused(speaks(token), { code: 'unsupported_block' })
    expect(longest()).toBeLessThanOrEqual(30)
  })

  it('a requested name with more than 30 combining marks in a row is refused', async () => {
    const token = identity(identityBlock())
    const longest = countNormalized()
    await expectRefused(speaksAs(token, many), { code: 'wrong_subject' })
    expect(longest()).toBeLessThanOrEqual(30)
  })

  it('a context whose label has more than 30 combining marks in a row is refused', async () => {
    const token = forgeContext(contextBlock(exposureBlock(many)))
    const longest = countNormalized()
    await expectRefused(createContextVerifier({ keys: root.publicKey, now }).verify(token), {
      code: 'unsupported_block',
    })
    expect(longest()).toBeLessThanOrEqual(30)
  })

  it('an option with more than 30 combining marks in a row is a TypeError', async () => {
    const longest = countNormalized()
    const reason = 'must be in Unicode normalization form C, with at most 30 combining marks in a row'
    expect(await messageOf(mintIdentity({ subject: many, now }, root.privateKey))).toBe(`subject: ${reason}`)
    const context = mintContext({ subject: 'agent:alice', exposures: [many], now }, root.privateKey)
    expect(await messageOf(context)).toBe(`exposures[0]: ${reason}`)
    expect(longest()).toBeLessThanOrEqual(30)
  })
})

it('a name with 30 combining marks in a row is accepted', async () => {
  const subject = `agent:${inOrder(30)}`
  const token = await mintIdentity({ subject, delegatable: true, now }, root.privateKey)
  const delegated = await delegateIdentity(token, root.publicKey, { identity: `${subject}:${inOrder(30)}`, now })
  const { identity: name } = await createIdentityVerifier({ keys: root.publicKey, now }).verify(delegated)
  expect(name).toBe(`${subject}:${inOrder(30)}`)
  expect(await messageOf(mintIdentity({ subject: `agent:${inOrder(31)}`, now }, root.privateKey))).toMatch(/^subject: /)
})
