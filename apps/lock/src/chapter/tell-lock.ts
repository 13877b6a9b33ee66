import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLedgerFile } from '../ledger-file.ts'
import type { Answer } from '../program/main.ts'
import { type Lock, startLock } from '../start-lock.ts'
import { createKeys, START } from './create-keys.ts'

/** What was tried at the door, and what came of it. */
export interface Trial {
  readonly tried: string
  readonly at: string
  readonly because: string
  readonly promised?: string | undefined
  readonly code?: string | undefined
  readonly kept: boolean
  readonly milliseconds: number
}

/** Hears of the chapter while it happens. */
export interface Teller {
  scene(title: string): void
  told(trial: Trial): void
}

/** Tells of an evening at a door. The lock runs in QuickJS, and its ledger is a file. */
export async function tellLock(teller: Teller): Promise<readonly Trial[]> {
  const folder = mkdtempSync(join(tmpdir(), 'writ-lock-'))
  const ledger = join(folder, 'ledger')
  createLedgerFile(ledger)
  const keys = await createKeys()
  const trials: Trial[] = []
  let now = START
  const start = () => startLock({ door: 'lock:front', publicKey: keys.publicKey, ledger, now: () => now })
  let lock = await start()

  function present(token: string, tried: string, because: string, promised?: string): void {
    const begin = performance.now()
    const answer: Answer = lock.present(token)
    const milliseconds = performance.now() - begin
    const code = answer.opens ? undefined : answer.code
    const trial = { tried, at: 'lock', because, promised, code, kept: code === promised, milliseconds }
    trials.push(trial)
    teller.told(trial)
  }

  try {
    teller.scene('Alice has a capability for the front door, on her phone. The lock has never heard of her.')
    present(keys.alice, 'alice opens the front door', 'signed by the authority, for this door and this lock')
    present(keys.guest, 'her guest opens it, for ten minutes', 'she has narrowed her own, without asking anybody')
    now += 601
    present(keys.guest, 'the guest comes back later', 'what she gave away has ended', 'expired')
    present(keys.alice, 'alice opens it again', 'her own has not')

    teller.scene('A courier has a capability for one use. The lock writes it down before it opens.')
    present(keys.courier, 'the courier opens the door', 'its line is on the disk now')
    present(keys.courier, 'the courier, once more', 'it was used', 'already_used')
    lock = await restart(lock, start)
    present(keys.courier, 'once more, after the power was cut', 'the ledger is in a file', 'already_used')

    teller.scene('Mallory listens at the door next to it.')
    present(keys.next, 'a capability for the door next to it', 'it names another door', 'wrong_designation')
    present(keys.unnamed, 'one for no door, narrowed by mallory', 'only the authority names a door', 'undesignated')
    present(
      keys.forged,
      'one that mallory has signed',
      'the lock holds one key, which is not hers',
      'invalid_signature',
    )
    present(keys.noise, '16 KiB of noise', 'the lock looks at it, and goes on', 'malformed_token')

    teller.scene('Mallory takes out the battery, and sets the clock back.')
    now -= 300
    present(keys.guest, 'the guest, when it had not ended', 'the last line of the ledger is later', 'unavailable')
    return trials
  } finally {
    lock.close()
    rmSync(folder, { recursive: true })
  }
}

/** The power is cut: nothing of the lock is left but its file. */
async function restart(lock: Lock, start: () => Promise<Lock>): Promise<Lock> {
  const next = await start()
  lock.close()
  return next
}
