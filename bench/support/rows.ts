/** What a row must hold: a bound on its ratio or, where it has none, on its value. */
export interface Target {
  readonly bound: 'at most' | 'at least'
  readonly value: number
  /** Where the bound comes from, if it was measured in the same run. */
  readonly from?: string
}

/** One line of the table. */
export interface Row {
  readonly part: string
  /** The version of Node that it was measured on. */
  readonly node: string
  readonly name: string
  /** The row above that it belongs to. */
  readonly of: string | null
  readonly unit: string
  readonly value: number
  readonly ratio: number | null
  readonly target: Target | null
  /** Whether the target is met; `null` where there is none. */
  readonly met: boolean | null
}

export interface Results {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    /** The load average before the last run: above 0.5 or so there is noise. */
    readonly load: number
  }
  readonly rows: readonly Row[]
}

/** What a part says of one line. Several targets: all must hold, and the hardest is shown. */
export interface Line {
  readonly name: string
  readonly of?: string | null | undefined
  readonly unit: string
  readonly value: number
  readonly ratio?: number | undefined
  readonly targets?: readonly Target[] | undefined
}

export function rowOf(part: string, { name, of = null, unit, value, ratio, targets = [] }: Line): Row {
  const [target = null] = [...targets].sort((a, b) => (a.bound === 'at most' ? a.value - b.value : b.value - a.value))
  const measured = ratio ?? value
  const met = target && (target.bound === 'at most' ? measured <= target.value : measured >= target.value)
  return { part, node: process.versions.node, name, of, unit, value, ratio: ratio ?? null, target, met }
}

export const atMost = (value: number, from?: string): Target =>
  from === undefined ? { bound: 'at most', value } : { bound: 'at most', value, from }

export const atLeast = (value: number, from?: string): Target =>
  from === undefined ? { bound: 'at least', value } : { bound: 'at least', value, from }
