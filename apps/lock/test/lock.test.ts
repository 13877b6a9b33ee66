import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attenuate, generateKeyPair, type MintCapabilityOptions, mintCapability } from '@writ/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLedgerFile, type LockOptions, startLock } from '../src/index.ts'
import type { Host } from '../src/program/host.ts'
import { createLedger } from '../src/program/ledger.ts'

const NOW = 1_900_000_000
const { publicKey, privateKey } = await generateKeyPair()
/** The lock remembers what was used, so nobody must hear of what is issued. */
const singleUse = { issue: () => undefined, consume: () => false }

const mint = (options: Partial<MintCapabilityOptions> = {}, door = 'lock:front') =>
  mintCapability(
    {
      subject: 'alice',
      resource: 'doors',
      operation: 'open',
      designations: { door },
      anchor: door,
      expiresIn: '1h',
      now: () => NOW,
      ...options,
    },
    privateKey,
  )

function ledgerFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'writ-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'ledger')
  createLedgerFile(path)
  return path
}

async function lockWith(options: Partial<LockOptions> = {}) {
  const lock = await startLock({ door: 'lock:front', publicKey, ledger: ledgerFile(), now: () => NOW, ...options })
  onTestFinished(() => lock.close())
  return lock
}

const closed = (code: string) => ({ opens: false, code })
const opensFor = (subject: string) => ({ opens: true, subject })

describe('a lock', () => {
  it('opens for a capability that names this door, as often as it is presented', async () => {
    const lock = await lockWith()
    const token = await mint()
    expect([lock.present(token), lock.present(token)]).toEqual([opensFor('alice'), opensFor('alice')])
  })

  it('opens for what its holder has narrowed for a guest, until that ends', async () => {
    let now = NOW
    const lock = await lockWith({ now: () => now })
    const guest = await attenuate(await mint(), publicKey, { expiresIn: '10m', now: () => NOW })
    expect(lock.present(guest)).toEqual(opensFor('alice'))
    now += 600
    expect(lock.present(guest)).toEqual(closed('expired'))
    expect(lock.present(await mint())).toEqual(opensFor('alice'))
  })

  it.each<[string, string, () => Promise<string>]>([
    ['for the next door', 'wrong_designation', () => mint({}, 'lock:back')],
    ['for no door', 'undesignated', () => mint({ designations: {} })],
    ['for any lock', 'wrong_anchor', () => mint({ anchor: undefined })],
    ['for another operation', 'wrong_operation', () => mint({ operation: 'configure' })],
    ['that has ended', 'expired', () => mint({ now: () => NOW - 3600 })],
    ['that lives for longer than a day', 'lives_too_long', () => mint({ expiresIn: '2d' })],
    [
      'that its holder has narrowed to this door',
      'undesignated',
      async () =>
        attenuate(await mint({ designations: {} }), publicKey, {
          designations: { door: 'lock:front' },
          now: () => NOW,
        }),
    ],
    [
      'of another authority',
      'invalid_signature',
      async () => {
        const mallory = await generateKeyPair()
        const right = { subject: 'mallory', resource: 'doors', operation: 'open', now: () => NOW }
        return mintCapability(
          { ...right, designations: { door: 'lock:front' }, anchor: 'lock:front' },
          mallory.privateKey,
        )
      },
    ],
    ['that is none', 'malformed_token', async () => 'open, please'],
    ['of 16 KiB of noise', 'malformed_token', async () => randomBytes(12_288).toString('base64url')],
    ['of a megabyte', 'malformed_token', async () => 'A'.repeat(1_000_000)],
  ])('stays closed for a token %s: %s', async (_name, code, token) => {
    const lock = await lockWith()
    expect(lock.present(await token())).toEqual(closed(code))
  })

  it('refuses a P-256 token, because it has one curve', async () => {
    const other = await generateKeyPair({ algorithm: 'secp256r1' })
    const token = await mintCapability(
      { subject: 'alice', resource: 'doors', operation: 'open', now: () => NOW },
      other.privateKey,
    )
    expect((await lockWith()).present(token)).toEqual(closed('malformed_token'))
  })
})

describe('a capability for one use', () => {
  it('opens once, also after the lock was started again', async () => {
    const ledger = ledgerFile()
    const token = await mint({ singleUse })
    const lock = await lockWith({ ledger })
    expect([lock.present(token), lock.present(token)]).toEqual([opensFor('alice'), closed('already_used')])
    const again = await lockWith({ ledger })
    expect(again.present(token)).toEqual(closed('already_used'))
    expect(again.present(await mint({ singleUse }))).toEqual(opensFor('alice'))
  })

  it('is used up when the power goes after it was written down, and not when it goes before', async () => {
    const ledger = ledgerFile()
    const [used, spared] = [await mint({ singleUse }), await mint({ singleUse })]
    ;(await lockWith({ ledger })).present(used)
    // Of the next line, half was written.
    appendFileSync(ledger, `${NOW} 5f`)
    const lock = await lockWith({ ledger })
    expect([lock.present(used), lock.present(spared), lock.present(spared)]).toEqual([
      closed('already_used'),
      opensFor('alice'),
      closed('already_used'),
    ])
    expect(readFileSync(ledger, 'utf8').trimEnd().split('\n')).toHaveLength(2)
  })

  it('does not open a lock whose ledger is gone, broken, full, or not to be written', async () => {
    const ledger = ledgerFile()
    const lock = await lockWith({ ledger })
    const lines = Array.from({ length: 256 }, (_, index) => `${NOW} ${index.toString(16)} x\n`)
    writeFileSync(ledger, lines.join(''))
    expect(lock.present(await mint({ singleUse }))).toEqual(closed('unavailable'))
    expect(lock.present(await mint())).toEqual(opensFor('alice'))
    writeFileSync(ledger, 'nobody knows\n')
    expect(lock.present(await mint({ singleUse }))).toEqual(closed('unavailable'))
    await expect(lockWith({ ledger })).rejects.toThrow('the ledger cannot be read')
    rmSync(ledger)
    expect(lock.present(await mint({ singleUse }))).toEqual(closed('unavailable'))
    await expect(lockWith({ ledger })).rejects.toThrow('ENOENT')
  })

  it.each([false, 'yes'])('does not open where it cannot be written down: %j', (written) => {
    const appendLedger = () => written as boolean
    const device = { now: () => NOW, readLedger: () => '', appendLedger } as unknown as Host
    expect(() => createLedger(device).consume('5f', 'once')).toThrow('the ledger cannot be written')
  })

  it('is forgotten when it has ended, so that the ledger stays short', async () => {
    const ledger = ledgerFile()
    let now = NOW
    const lock = await lockWith({ ledger, now: () => now })
    for (let day = 0; day < 3; day++) {
      lock.present(await mint({ singleUse, now: () => now }))
      now += 90_000
    }
    ;(await lockWith({ ledger, now: () => now })).present(await mint({ singleUse, now: () => now }))
    expect(readFileSync(ledger, 'utf8').trimEnd().split('\n')).toHaveLength(2)
  })
})

describe('the clock of a lock', () => {
  it('opens nothing that has ended when it is set back', async () => {
    let now = NOW
    const lock = await lockWith({ now: () => now })
    const old = await mint({ expiresIn: '1m' })
    now += 120
    expect(lock.present(await mint({ singleUse, now: () => now }))).toEqual(opensFor('alice'))
    now -= 90
    expect(lock.present(old)).toEqual(closed('unavailable'))
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('that says %d opens nothing', async (time) => {
    let now = NOW
    const lock = await lockWith({ now: () => now })
    now = time
    expect(lock.present(await mint())).toEqual(closed('unavailable'))
  })
})

/** What is in use is 0.7 MiB. This build of QuickJS collects garbage late, because it counts memory roughly. */
const MOST_HEAP = 1.1 * 1024 * 1024

describe('a small device', () => {
  it('opens for any number of people, and its heap does not grow', async () => {
    const lock = await lockWith()
    for (let index = 0; index < 60; index++) {
      expect(lock.present(await mint({ subject: `guest-${index}` }))).toEqual(opensFor(`guest-${index}`))
      expect(lock.heapBytes()).toBeLessThan(MOST_HEAP)
    }
  })

  it('decides about 10,000 tokens within the same heap', async () => {
    const lock = await lockWith()
    const token = await mint()
    expect(lock.present(token)).toEqual(opensFor('alice'))
    for (let index = 0; index < 10_000; index++) {
      // Most are no token at all. Each fiftieth is one in which a character is another.
      const at = index % (token.length - 2)
      const other = token[at] === 'A' ? 'B' : 'A'
      const rest = index % 50 === 0 ? token.slice(at + 1) : token.slice(at + 2)
      expect(lock.present(`${token.slice(0, at)}${other}${rest}`).opens).toBe(false)
    }
    expect(lock.present(token)).toEqual(opensFor('alice'))
    expect(lock.heapBytes()).toBeLessThan(MOST_HEAP)
  })
})
