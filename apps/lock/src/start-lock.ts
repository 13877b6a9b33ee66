import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Engine, openEngine } from './engine.ts'
import { openLedgerFile } from './ledger-file.ts'
import type { Answer } from './program/main.ts'

/** A door lock. */
export interface LockOptions {
  /** Its name, which is the anchor of its capabilities: `lock:front`. */
  readonly door: string
  /** The public key of whoever issues them. */
  readonly publicKey: string
  /** The file of its ledger, see `createLedgerFile`. */
  readonly ledger: string
  /** The clock of the device, in Unix seconds. */
  readonly now: () => number
}

/** A lock that runs. */
export interface Lock {
  /** Presents a token, as a phone at the door does. Whatever fails leaves the door closed. */
  present(token: string): Answer
  heapBytes(): number
  close(): void
}

const TIMEOUT_MS = 2000
/** No token is longer: core refuses what is above 16 KiB, and here it does not even reach the heap. */
const MAX_TOKEN = 16 * 1024

/** The program as QuickJS imports it: compiled, also for whoever runs this file from its source. */
const MODULES = new Map([
  ['program', new URL('../dist/program/main.js', import.meta.url)],
  ['host.js', new URL('../dist/program/host.js', import.meta.url)],
  ['ledger.js', new URL('../dist/program/ledger.js', import.meta.url)],
  ['@writ/device', new URL(import.meta.resolve('@writ/device'))],
])

/**
 * Starts the program of a lock in an engine of its own.
 *
 * @throws `Error` if the program does not start: the ledger is missing or broken, or the clock is before the last use.
 */
export async function startLock({ door, publicKey, ledger, now }: LockOptions): Promise<Lock> {
  const file = openLedgerFile(ledger)
  const engine = await openEngine({
    modules: new Map([...MODULES].map(([name, url]) => [name, readFileSync(fileURLToPath(url), 'utf8')])),
    timeout: TIMEOUT_MS,
    host: {
      door: () => door,
      publicKey: () => publicKey,
      now,
      readLedger: () => file.read(),
      appendLedger: (line = '') => file.append(line),
      replaceLedger: (lines = '') => file.replace(lines),
    },
  })
  try {
    engine.evaluate('import "program"')
  } catch (error) {
    engine.close()
    throw error
  }
  return {
    present: (token) => (token.length > MAX_TOKEN ? { opens: false, code: 'malformed_token' } : ask(engine, token)),
    heapBytes: engine.heapBytes,
    close: engine.close,
  }
}

/** The program answers for what happens in it. This is for what happens to it: it runs for too long, for example. */
function ask(engine: Engine, token: string): Answer {
  try {
    const answer = engine.call('program', 'present', token) as Answer
    return answer.opens === true ? answer : { opens: false, code: String(answer.code) }
  } catch {
    return { opens: false, code: 'unavailable' }
  }
}
