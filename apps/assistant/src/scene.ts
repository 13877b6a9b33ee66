import type { Client } from '@writ/client'
import type { AgentSession } from '@writ/mcp'
import type { Answer, ConnectedAgent } from './open-session.ts'
import type { RunningOffice } from './start-office.ts'

/** Who decides about a step. */
export type Decider = 'authority' | 'office' | 'session' | 'finance'

/** What the steps of all scenes share. */
export interface World {
  readonly running: RunningOffice
  readonly client: Client
  readonly agent: ConnectedAgent
  /** What finance says when it is asked for its approval. */
  finance: 'approves' | 'is away'
  /** Made and taken by steps: the forked agent, a context of before. */
  researcher?: AgentSession<Answer>
  earlier?: string
}

/** One thing that is tried, and the answer that is promised. */
export interface Step {
  /** What is tried, for people: at most 43 characters. */
  readonly tried: string
  /** Who decides. */
  readonly at: Decider
  /** The one fact that lets it pass or stops it. */
  readonly because: string
  /** The code with which it is stopped. Default: it passes. */
  readonly code?: string
  readonly run: (world: World) => Promise<unknown>
}

export interface Scene {
  readonly title: string
  readonly steps: readonly Step[]
}

/** What came of a step. */
export interface Told {
  readonly step: Step
  /** The code, or `undefined` if it passed. */
  readonly code: string | undefined
  readonly milliseconds: number
  /** Whether it is what was promised. */
  readonly kept: boolean
}
