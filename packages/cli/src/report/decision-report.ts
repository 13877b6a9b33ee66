/** How often a code would refuse, and whom. */
export interface ReportedCode {
  readonly code: string
  readonly count: number
  /** Those whose token was proven, the most frequent first. */
  readonly callers: readonly { readonly subject: string; readonly count: number }[]
  /** The first such request, if the log says what it was. */
  readonly example?: string | undefined
}

/** What was decided about an operation on a resource. */
export interface ReportedRoute {
  readonly resource: string
  readonly operation: string
  readonly decisions: number
  readonly refused: number
  /** The most frequent first. */
  readonly codes: readonly ReportedCode[]
}

/** A log may hold whatever strangers sent: beyond these bounds all else counts as one. */
const MAX_ROUTES = 1000
const MAX_CODES = 100
const MAX_CALLERS = 1000
const OTHERS = '(others)'

interface Counted {
  readonly resource: string
  readonly operation: string
  decisions: number
  refused: number
  readonly codes: Map<string, CountedCode>
}

interface CountedCode {
  count: number
  readonly callers: Map<string, number>
  readonly example: string | undefined
}

/** Sums up the decisions of a log. */
export class DecisionReport {
  decisions = 0
  /** Lines that are no decision. */
  skipped = 0
  readonly #routes = new Map<string, Counted>()

  /** Adds a line of a log. */
  add(line: string): void {
    const entry = parseEntry(line)
    if (entry === undefined) {
      if (line.trim() !== '') this.skipped++
      return
    }
    const { resource, operation, isRefused, code, subject, request } = entry
    this.decisions++
    const key = within(this.#routes, JSON.stringify([resource, operation]), MAX_ROUTES)
    const isOther = key === OTHERS
    const route = this.#routes.get(key) ?? {
      resource: isOther ? OTHERS : resource,
      operation: isOther ? OTHERS : operation,
      decisions: 0,
      refused: 0,
      codes: new Map(),
    }
    this.#routes.set(key, route)
    route.decisions++
    if (!isRefused) return
    route.refused++
    const name = within(route.codes, code, MAX_CODES)
    const counted = route.codes.get(name) ?? { count: 0, callers: new Map(), example: request }
    route.codes.set(name, counted)
    counted.count++
    if (subject === undefined) return
    const caller = within(counted.callers, subject, MAX_CALLERS)
    counted.callers.set(caller, (counted.callers.get(caller) ?? 0) + 1)
  }

  /** The routes on which most would be refused come first. */
  get routes(): readonly ReportedRoute[] {
    return [...this.#routes.values()]
      .map(({ codes, ...route }) => ({ ...route, codes: [...codes].map(describeCode).toSorted(byCount) }))
      .toSorted((one, other) => other.refused - one.refused || other.decisions - one.decisions)
  }
}

function describeCode([code, { count, callers, example }]: readonly [string, CountedCode]): ReportedCode {
  const named = [...callers].map(([subject, times]) => ({ subject, count: times })).toSorted(byCount)
  return { code, count, callers: named, ...(example !== undefined && { example }) }
}

function byCount(one: { readonly count: number }, other: { readonly count: number }): number {
  return other.count - one.count
}

function within(known: ReadonlyMap<string, unknown>, key: string, most: number): string {
  return known.has(key) || known.size < most ? key : OTHERS
}

interface Entry {
  readonly resource: string
  readonly operation: string
  readonly isRefused: boolean
  readonly code: string
  readonly subject: string | undefined
  readonly request: string | undefined
}

/** A decision, as `decisionEntry` of `@writ/http` makes it; other members are as may be. */
function parseEntry(line: string): Entry | undefined {
  let value: Partial<Record<'decision' | 'resource' | 'operation' | 'code' | 'subject' | 'request', unknown>> | null
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { decision, resource, operation, code, subject, request } = value
  if (typeof resource !== 'string' || typeof operation !== 'string') return undefined
  if (decision !== 'allowed' && decision !== 'refused') return undefined
  return {
    resource,
    operation,
    isRefused: decision === 'refused',
    code: typeof code === 'string' ? code : 'unknown',
    subject: typeof subject === 'string' ? subject : undefined,
    request: typeof request === 'string' ? request : undefined,
  }
}
