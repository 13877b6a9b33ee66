/**
 * Decisions read from a tape of bytes. An arbitrary that makes tapes thereby makes whatever a function builds from one, and shrinks it
 * too: where the tape ends every answer is the first and simplest, so a shorter tape is a smaller token.
 */
export class Draw {
  readonly #tape: Uint8Array
  #position = 0

  constructor(tape: Uint8Array) {
    this.#tape = tape
  }

  byte(): number {
    return this.#tape[this.#position++] ?? 0
  }

  /** One of 0 to `count - 1`; `count` is at most 256. */
  below(count: number): number {
    return Math.floor((this.byte() * count) / 256)
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** True in `percent` of a hundred tapes; false at the end of the tape. */
  chance(percent: number): boolean {
    return this.byte() >= 256 - Math.round(percent * 2.56)
  }

  /** As many as the chance holds again and again, up to `most`. */
  several<T>(most: number, percent: number, make: () => T): T[] {
    const made: T[] = []
    while (made.length < most && this.chance(percent)) made.push(make())
    return made
  }
}
