import { inTime } from '../../internal/base/in-time.ts'

/** Work that all who want it at the same time share. */
export class Flight {
  readonly #work: () => Promise<void>
  readonly #timeoutMs: number
  #underWay: Promise<void> | undefined

  constructor(work: () => Promise<void>, timeoutMs: number) {
    this.#work = work
    this.#timeoutMs = timeoutMs
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined
  }

  /** Joins the work under way, or begins it. Rejects as it does, or with `unavailable` if it takes too long. */
  join(): Promise<void> {
    if (this.#underWay === undefined) {
      const started = this.#work().finally(() => this.#forget(started))
      this.#underWay = started
    }
    const joined = this.#underWay
    return inTime(joined, this.#timeoutMs, () => this.#forget(joined))
  }

  #forget(work: Promise<void>): void {
    if (this.#underWay === work) this.#underWay = undefined
  }
}
