import { describe, expect, it } from 'vitest'
import {
  createContextVerifier,
  createIdentityVerifier,
  createVerifier,
  inspect,
  type KeyResolver,
} from '../../src/index.ts'
import { contextBlock, forgeContext } from '../support/contexts.ts'
import { capabilityBlock } from '../support/forge/datalog.ts'
import { identity } from '../support/identity.ts'
import { mallory, root } from '../support/keys.ts'
import { capability, expectRefused, NOW, READ_INVOICES, refusal } from '../support/verify.ts'

/** A store of keys that counts what it is asked, and answers when it is told to. */
function store(keys: ReadonlyMap<number | undefined, string> = new Map([[7, root.publicKey]])) {
  const known = new Map(keys)
  const asked: (number | undefined)[] = []
  const waiting: (() => void)[] = []
  let most = 0
  const find: KeyResolver = async (id) => {
    asked.push(id)
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      most = Math.max(most, waiting.length)
    })
    return known.get(id)
  }
  return {
    known,
    asked,
    find,
    waiting: () => waiting.length,
    mostAtOnce: () => most,
    answer: () => {
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}

/** A store that answers at once. */
function quick(keys?: ReadonlyMap<number | undefined, string>) {
  const { known, asked } = store(keys)
  const find: KeyResolver = (id) => {
    asked.push(id)
    return known.get(id)
  }
  return { known, asked, find }
}

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

const tokenOf = (rootKeyId?: number) => capability(capabilityBlock(), [], rootKeyId === undefined ? {} : { rootKeyId })
const good = tokenOf(7)

/** A verifier, and the clock that it runs by. */
function verifierOf(keys: KeyResolver) {
  const clock = { now: NOW }
  const verifier = createVerifier({ keys, anchor: null, now: () => clock.now })
  const outcome = (token: string): Promise<string> =>
    verifier.verify(token, READ_INVOICES).then(
      () => 'ok',
      (error: { code: string }) => error.code,
    )
  return { clock, outcome }
}

describe('an id that the resolver does not know', () => {
  it('an unknown key id is looked up once in a second, and again in the next', async () => {
    const { asked, find } = quick()
    const { clock, outcome } = verifierOf(find)
    for (let index = 0; index < 100; index++) expect(await outcome(tokenOf(8))).toBe('untrusted_key')
    expect(asked).toEqual([8])
    clock.now += 0.9
    expect(await outcome(tokenOf(8))).toBe('untrusted_key')
    expect(asked).toEqual([8])
    clock.now += 0.1
    expect(await outcome(tokenOf(8))).toBe('untrusted_key')
    expect(asked).toEqual([8, 8])
  })

  it('a new key is known within a second, however often mallory has asked for its id before', async () => {
    const { known, find } = quick()
    const { clock, outcome } = verifierOf(find)
    for (let index = 0; index < 20; index++) {
      clock.now += 0.3
      await outcome(tokenOf(8))
    }
    known.set(8, root.publicKey)
    const rotated = clock.now
    while ((await outcome(tokenOf(8))) !== 'ok') clock.now += 0.1
    expect(clock.now - rotated).toBeLessThanOrEqual(1.05)
  })

  it('an unknown key id is looked up again when the clock goes back', async () => {
    const { asked, find } = quick()
    const { clock, outcome } = verifierOf(find)
    await outcome(tokenOf(8))
    clock.now -= 3600
    await outcome(tokenOf(8))
    expect(asked).toEqual([8, 8])
  })

  it('simultaneous tokens with one unknown key id share one look-up', async () => {
    const { asked, find, answer } = store()
    const { outcome } = verifierOf(find)
    const outcomes = Array.from({ length: 50 }, () => outcome(tokenOf(8)))
    await settle()
    expect(asked).toEqual([8])
    answer()
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['untrusted_key']))
    expect(asked).toEqual([8])
  })

  it('an unknown key id is refused as unavailable while 64 others are looked up', async () => {
    const { asked, find, answer, mostAtOnce } = store()
    const { outcome } = verifierOf(find)
    const first = Array.from({ length: 64 }, (_, index) => outcome(tokenOf(100 + index)))
    await settle()
    for (let index = 0; index < 1000; index++) expect(await outcome(tokenOf(1000 + index))).toBe('unavailable')
    expect(asked).toHaveLength(64)
    const { cause } = await refusal(createVerifier({ keys: find, anchor: null, now: () => NOW }).prove(tokenOf(2000)))
    expect(cause).toEqual(new Error('keys: 64 unknown root key ids are being looked up'))
    answer()
    expect(new Set(await Promise.all(first))).toEqual(new Set(['untrusted_key']))
    const next = outcome(tokenOf(5000))
    await settle()
    answer()
    expect(await next).toBe('untrusted_key')
    expect(mostAtOnce()).toBe(64)
  })

  it('at most 1,024 unknown key ids are remembered, and the oldest is forgotten', async () => {
    const { asked, find } = quick()
    const { outcome } = verifierOf(find)
    for (let id = 1000; id < 1000 + 1025; id++) await outcome(tokenOf(id))
    expect(asked).toHaveLength(1025)
    await outcome(tokenOf(2024))
    expect(asked).toHaveLength(1025)
    await outcome(tokenOf(1000))
    expect(asked).toHaveLength(1026)
  })

  it('a failed look-up of a key fails all who wait for it, and is not remembered', async () => {
    let calls = 0
    const { outcome } = verifierOf(async () => {
      calls++
      await settle()
      throw new Error('down')
    })
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcome(tokenOf(8))))
    expect([new Set(outcomes), calls]).toEqual([new Set(['unavailable']), 1])
    expect([await outcome(tokenOf(8)), calls]).toEqual(['unavailable', 2])
  })

  it('a token without a key id is looked up like any other', async () => {
    const { asked, find } = quick()
    const { outcome } = verifierOf(find)
    for (const id of [undefined, 0, undefined, 0]) expect(await outcome(tokenOf(id))).toBe('untrusted_key')
    expect(asked).toEqual([undefined, 0])
  })
})

describe('an id that the resolver knows', () => {
  it('a known key id is looked up for every token, so a retired key refuses at once', async () => {
    const { known, asked, find } = quick()
    const { outcome } = verifierOf(find)
    for (let index = 0; index < 3; index++) expect(await outcome(good)).toBe('ok')
    expect(asked).toEqual([7, 7, 7])
    known.delete(7)
    expect(await outcome(good)).toBe('untrusted_key')
    known.set(7, mallory.publicKey)
    expect(await outcome(good)).toBe('untrusted_key')
  })

  it('a known key is never answered by a look-up that began before the token came', async () => {
    const { known, asked, find, answer } = store()
    const { outcome } = verifierOf(find)
    const early = outcome(good)
    await settle()
    const late = outcome(good)
    await settle()
    expect(asked).toEqual([7])
    // The first look-up has read the key by now, so to speak; then it is retired.
    answer()
    await settle()
    known.delete(7)
    answer()
    expect([await early, await late]).toEqual(['ok', 'untrusted_key'])
    expect(asked).toEqual([7, 7])
  })

  it('a known key id is still looked up while 64 unknown ids are looked up', async () => {
    const { find, answer, waiting } = store()
    const { outcome } = verifierOf(find)
    const first = outcome(good)
    await settle()
    answer()
    expect(await first).toBe('ok')
    const flood = Array.from({ length: 64 }, (_, index) => outcome(tokenOf(100 + index)))
    await settle()
    expect(await outcome(tokenOf(999))).toBe('unavailable')
    const again = Array.from({ length: 10 }, () => outcome(good))
    await settle()
    expect(waiting()).toBe(74)
    answer()
    expect(new Set(await Promise.all(again))).toEqual(new Set(['ok']))
    await Promise.all(flood)
  })
})

describe('one resolver is bounded as one', () => {
  it('the limits of one resolver are shared by all verifiers that use it', async () => {
    const { asked, find } = quick(new Map())
    const now = () => NOW
    const reader = { keys: find, now }
    const ofId = { rootKeyId: 8 }
    const uses = [
      () => createVerifier({ ...reader, anchor: null }).verify(tokenOf(8), READ_INVOICES),
      () => createVerifier({ ...reader, anchor: null }).verify(tokenOf(8), READ_INVOICES),
      () => createIdentityVerifier(reader).verify(identity(undefined, [], ofId)),
      () => createContextVerifier(reader).verify(forgeContext(contextBlock(), [], ofId)),
    ]
    for (const use of uses) await expectRefused(use(), { code: 'untrusted_key' })
    expect(asked).toEqual([8])
  })

  it('inspect counts towards the limits of a resolver', async () => {
    const { asked, find } = quick(new Map())
    for (let index = 0; index < 2; index++) await expectRefused(inspect(tokenOf(8), find), { code: 'untrusted_key' })
    expect(asked).toEqual([8])
  })
})
