import { type RemoteRuntime, reasonOf } from './remote-runtime.ts'

/** A snapshot of many entries takes a while to write, so it is written the less often. */
const SHARE_OF_TIME = 20
const MIN_PAUSE_MS = 1000

/** Writes the newest state to a snapshot, one text at a time and not too often. */
export class SnapshotWriter {
  readonly #runtime: RemoteRuntime
  readonly #describe: () => string | undefined
  readonly #ending = new AbortController()
  #isDue = false
  #running: Promise<void> | undefined
  #hasWarned = false

  /** @param describe - The text to write, or `undefined` if there is nothing worth to keep. */
  constructor(runtime: RemoteRuntime, describe: () => string | undefined) {
    this.#runtime = runtime
    this.#describe = describe
  }

  /** The state has changed. */
  changed(): void {
    if (this.#runtime.snapshot === undefined) return
    this.#isDue = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Writes what is due, and then nothing more. */
  async close(): Promise<void> {
    this.#ending.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false
      const started = performance.now()
      await this.#write()
      // Without a background there are no timers: whatever comes next is written at once.
      if (!this.#runtime.background) continue
      const pause = Math.max(MIN_PAUSE_MS, SHARE_OF_TIME * (performance.now() - started))
      await this.#runtime.wait(pause, this.#ending.signal).catch(() => undefined)
    }
  }

  async #write(): Promise<void> {
    try {
      const text = this.#describe()
      if (text !== undefined) await this.#runtime.snapshot?.write(text)
      this.#hasWarned = false
    } catch (cause) {
      if (!this.#hasWarned)
        this.#runtime.warn(new Error(`the snapshot cannot be written: ${reasonOf(cause)}`, { cause }))
      this.#hasWarned = true
    }
  }
}
