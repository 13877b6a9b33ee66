import { type Inspection, inspect, revocationIds } from '@writ/core'
import { lastOf, type TokenName } from './create-tokens.ts'
import type { System } from './start-system.ts'
import { type Answer, HOPS, type Hop, type Section, type Step } from './step.ts'
import { cutLastBlock, flipByte } from './tamper.ts'

const TIMEOUT_MS = 10_000

/** A token that travelled between two services. */
export interface Heard {
  readonly hop: Hop
  readonly token: Inspection
  /** How long it lives from now on. */
  readonly seconds: number
}

/** What came of a step. */
export interface Outcome {
  readonly step: Step
  readonly answer: Answer
  readonly body: unknown
  readonly heard: readonly Heard[]
  /** From the request to the whole answer. */
  readonly milliseconds: number
  /** Whether the answer is the promised one. */
  readonly kept: boolean
}

/** Tells what happens while it happens. */
export interface Narrator {
  section(section: Section): void
  step(outcome: Outcome): void
}

/**
 * Sends the requests, one after the other, and holds each answer against its promise. `tokens` gets what is stolen on the
 * way.
 */
export async function runSteps(
  sections: readonly Section[],
  system: System,
  tokens: Map<TokenName, string>,
  narrator: Narrator,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const cookies = new Map<string, string>()
  for (const section of sections) {
    narrator.section(section)
    for (const step of section.steps) {
      const outcome = await runStep(step, system, tokens, cookies)
      outcomes.push(outcome)
      narrator.step(outcome)
      await system.assertRunning()
    }
  }
  return outcomes
}

async function runStep(
  step: Step,
  { urls, taps }: System,
  tokens: Map<TokenName, string>,
  cookies: Map<string, string>,
): Promise<Outcome> {
  const [method = '', path = ''] = step.request.split(' ')
  const url = urls[step.at]
  const headers = new Headers({ origin: step.origin ?? url })
  if (step.token !== undefined) headers.set('authorization', `Bearer ${presented(step, tokens)}`)
  if (step.session !== undefined) headers.set('cookie', known(cookies, step.session))
  const body = step.revokes === undefined ? step.body : { id: await rootIdOf(known(tokens, step.revokes)) }
  if (body !== undefined) headers.set('content-type', 'application/json')
  const before = new Map(HOPS.map((hop) => [hop, taps[hop].heard.length]))

  const start = performance.now()
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const text = await response.text()
  const milliseconds = performance.now() - start

  const [cookie] = response.headers.getSetCookie()
  if (step.signsIn !== undefined && cookie !== undefined) cookies.set(step.signsIn, cookie.split(';')[0] ?? '')
  for (const [hop, name] of Object.entries(step.steals ?? {})) tokens.set(name, lastOf(taps[hop as Hop].heard))
  const heard = await Promise.all(
    HOPS.flatMap((hop) => taps[hop].heard.slice(before.get(hop)).map((token) => describe(hop, token))),
  )

  const received: unknown = text === '' ? undefined : JSON.parse(text)
  const answer: Answer = { status: response.status, code: codeOf(received) }
  const kept = answer.status === step.promise.status && answer.code === step.promise.code
  return { step, answer, body: received, heard, milliseconds, kept }
}

function presented({ token = 'stolen', tamper }: Step, tokens: ReadonlyMap<TokenName, string>): string {
  const text = known(tokens, token)
  if (tamper === undefined) return text
  return tamper === 'flip a byte' ? flipByte(text, 'acme') : cutLastBlock(text)
}

/** The id of the first block: it revokes the token and everything that was narrowed from it. */
async function rootIdOf(token: string): Promise<string | undefined> {
  const [id] = revocationIds(token)
  return id
}

async function describe(hop: Hop, text: string): Promise<Heard> {
  const token = await inspect(text)
  return { hop, token, seconds: (token.expiresAt ?? 0) - Math.floor(Date.now() / 1000) }
}

function codeOf(body: unknown): string | undefined {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined
}

function known<Name>(values: ReadonlyMap<Name, string>, name: Name): string {
  const value = values.get(name)
  if (value === undefined) throw new Error(`no step before this one has made ${name}`)
  return value
}
