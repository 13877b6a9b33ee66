/** One act of an authority, and what came of it. No member holds a value that a caller chose. */
export interface Act {
  /** The method and the pattern of the route: `POST /v1/capabilities`. Or `capability`: one item of a batch. */
  readonly act: string
  /** `failed`: the authority could not say. */
  readonly decision: 'allowed' | 'refused' | 'failed'
  /** The code of the problem; `ok` if there is none. */
  readonly code: string
  /** Milliseconds that the request took; of a stream, until it has begun. Not of one item of a batch. */
  readonly durationMs?: number | undefined
}

/** Hears of each act. What it throws is reported, and changes nothing. */
export type OnAct = (act: Act) => void
