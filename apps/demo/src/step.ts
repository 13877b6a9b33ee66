import type { TokenName } from './create-tokens.ts'

/** The services, in the order of the way that a request takes. */
export const SERVICES = ['gateway', 'orders', 'inventory', 'billing'] as const
export type ServiceName = (typeof SERVICES)[number]

/** Who is asked: a service, or the authority. */
export type Place = ServiceName | 'authority'

/** A call from one service to another, where an attacker may listen. */
export const HOPS = ['gateway → orders', 'orders → inventory', 'orders → billing'] as const
export type Hop = (typeof HOPS)[number]

/** Who calls and who is called on each hop. */
export const ENDS: Readonly<Record<Hop, readonly [caller: ServiceName, called: ServiceName]>> = {
  'gateway → orders': ['gateway', 'orders'],
  'orders → inventory': ['orders', 'inventory'],
  'orders → billing': ['orders', 'billing'],
}

/** One request, and the answer that the model promises. */
export interface Step {
  /** What is tried, for people: at most 43 characters. */
  readonly tried: string
  /** The one fact that lets it pass or stops it, for people. */
  readonly because: string
  /** To whom. */
  readonly at: Place
  /** Method and path; or `MINT <subject> <operation> <target>`, which asks the authority for a token. */
  readonly request: string
  /** What the authority is asked to name in the token. Default: nothing. */
  readonly designations?: Readonly<Record<string, string>>
  /** Keeps what the authority minted under this name. Default: nobody uses it. */
  readonly names?: TokenName
  /** The grant that is deleted from the policy of the authority before this step. Default: none. */
  readonly removes?: { readonly subject: string; readonly target: string }
  /** Sent as JSON. Default: no body. */
  readonly body?: unknown
  /** The token that is presented. Default: none. */
  readonly token?: TokenName
  /** What mallory does to it first. Default: nothing. */
  readonly tamper?: 'flip a byte' | 'cut the last block'
  /** The user whose session cookie is sent, as by a browser. Default: none. */
  readonly session?: string
  /** Keeps the cookie of the answer as the session of this user. */
  readonly signsIn?: string
  /** The origin of the page that sends the request. Default: that of the service itself. */
  readonly origin?: string
  /** Revokes what was minted first of this token: its id is the body of the request. */
  readonly revokes?: TokenName
  /** A service hears of revocations from the authority: the request is repeated until it has, for a second at most. */
  readonly waits?: boolean
  /** Keeps the last token that was heard on a hop during this request, under this name. */
  readonly steals?: Partial<Readonly<Record<Hop, TokenName>>>
  /** Status, and the code if a guard refuses; of a mint, nothing, or step and code if it is refused. */
  readonly promise: Answer
  /** What is stopped here is a mistake of a service. Default: it is an attack. */
  readonly isMistake?: boolean
  /** Which tokens are drawn: the one that is presented, or those that travelled on these hops. Default: none. */
  readonly draws?: readonly ('presented' | Hop)[]
  /** Also prints the body of the answer. */
  readonly showsBody?: boolean
}

export interface Answer {
  /** Of all but mints. */
  readonly status?: number | undefined
  /** The step of the mint that refuses. */
  readonly step?: string | undefined
  readonly code?: string | undefined
}

export interface Section {
  readonly title: string
  readonly steps: readonly Step[]
}

export function passes({ status = 200, step }: Answer): boolean {
  return status < 400 && step === undefined
}
