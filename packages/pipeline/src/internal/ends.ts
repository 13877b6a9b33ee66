import type { LateEnd } from '../run.ts'

/** The end of an identity, which the authority is to be told. */
export interface Ending {
  readonly subject: string
  readonly endedAt: number
  readonly expiresAt: number
  /** When the authority was told. */
  revokedAt?: number | undefined
  /** Whether it could not be told at once. */
  late?: boolean
}

export interface EndsParts {
  /** Tells the authority that names have ended. */
  readonly tell: (names: readonly string[]) => Promise<void>
  readonly onLate: (late: LateEnd) => void
  readonly now: () => number
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000

/**
 * Tells the authority which names have ended: all that end while it is being told go together. Where it does not answer, it is
 * asked again until it does, or until the identities have ended by themselves.
 */
export class Ends {
  readonly #parts: EndsParts
  #tellThem: EndsParts['tell']
  readonly #pending = new Set<Ending>()
  readonly #late = new Set<Ending>()
  #round: Promise<void> | undefined
  #pauseMs = FIRST_PAUSE_MS
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(parts: EndsParts) {
    this.#parts = parts
    this.#tellThem = parts.tell
  }

  get late(): readonly LateEnd[] {
    return [...this.#late].map(lateEnd)
  }

  /** Resolves once the authority was told, or did not answer. */
  async add(ending: Ending): Promise<void> {
    this.#pending.add(ending)
    // Those that end in one tick, a fan-out for example, go together; those that end in a round go in the next one.
    await this.#round
    await this.#tellSoon()
  }

  /**
   * Tells everything that is left, until a time, and goes on in the background after that.
   *
   * @param tell - From now on, if it says more than `EndsParts.tell`.
   */
  async finish(deadlineMs: number, tell: EndsParts['tell'] = this.#tellThem): Promise<void> {
    this.#tellThem = tell
    this.#pauseMs = FIRST_PAUSE_MS
    for (;;) {
      await within(this.#round ?? Promise.resolve(), deadlineMs - performance.now())
      await within(this.#tellSoon(), deadlineMs - performance.now())
      const leftMs = deadlineMs - performance.now()
      if (this.#pending.size === 0) return
      if (leftMs <= 0) break
      await new Promise((resolve) => setTimeout(resolve, Math.min(this.#pauseMs, leftMs)))
    }
    // An authority that has not answered yet may never do so.
    for (const ending of this.#pending) if (ending.expiresAt > this.#parts.now()) this.#delay(ending)
  }

  #tellSoon(): Promise<void> {
    this.#round ??= Promise.resolve()
      .then(() => this.#tell())
      .finally(() => {
        this.#round = undefined
      })
    return this.#round
  }

  async #tell(): Promise<void> {
    clearTimeout(this.#again)
    const { now } = this.#parts
    for (const ending of this.#pending) if (ending.expiresAt <= now()) this.#pending.delete(ending)
    const told = [...this.#pending]
    if (told.length === 0) return
    try {
      await this.#tellThem(told.map(({ subject }) => subject))
      this.#pauseMs = FIRST_PAUSE_MS
      for (const ending of told) this.#settle(ending)
    } catch {
      for (const ending of told) this.#delay(ending)
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
      this.#again = setTimeout(() => void this.#tellSoon(), this.#pauseMs)
      // A program ends although the authority is away: what it could not be told ends by itself.
      this.#again.unref()
    }
  }

  #settle(ending: Ending): void {
    this.#pending.delete(ending)
    ending.revokedAt = this.#parts.now()
    if (ending.late) this.#say(ending)
  }

  #delay(ending: Ending): void {
    if (ending.late) return
    ending.late = true
    this.#late.add(ending)
    this.#say(ending)
  }

  #say(ending: Ending): void {
    try {
      this.#parts.onLate(lateEnd(ending))
    } catch {
      // Whoever listens must not keep the others from being ended.
    }
  }
}

function lateEnd({ subject, endedAt, expiresAt, revokedAt }: Ending): LateEnd {
  return Object.freeze({ subject, endedAt, expiresAt, revokedAt })
}

async function within(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds))
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
