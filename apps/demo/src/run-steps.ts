import { setTimeout } from 'node:timers/promises'
import { revocationIds } from '@writ/core'
import { type Block, blocksOf } from './blocks-of.ts'
import { AUTHORITY, lastOf, SIGNERS, type TokenName } from './create-tokens.ts'
import { mintStep } from './mint-step.ts'
import { type Answer, ENDS, HOPS, type Hop, type Section, type ServiceName, type Step } from './step.ts'
import type { System } from './system/start-system.ts'
import { cutLastBlock, flipByte } from './tamper.ts'

const TIMEOUT_MS = 10_000
/** What was revoked is known everywhere by then. */
const WAIT_MS = 1000
const PAUSE_MS = 5

/** A token, to be drawn. */
export interface Drawing {
  readonly title: string
  readonly blocks: readonly Block[]
}

/** What came of a step. */
export interface Outcome {
  readonly step: Step
  readonly answer: Answer
  readonly body: unknown
  readonly drawings: readonly Drawing[]
  /** The services that a token was presented to. */
  readonly checkedBy: readonly ServiceName[]
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
  system: System,
  tokens: Map<TokenName, string>,
  cookies: Map<string, string>,
): Promise<Outcome> {
  const { urls, taps } = system
  if (step.request.startsWith('MINT ')) return askAuthority(step, system, tokens)
  const [method = '', path = ''] = step.request.split(' ')
  const url = urls[step.at]
  const headers = new Headers({ origin: step.origin ?? url })
  if (step.token !== undefined) headers.set('authorization', `Bearer ${presented(step, tokens)}`)
  if (step.session !== undefined) headers.set('cookie', known(cookies, step.session))
  const body = step.revokes === undefined ? step.body : { revocationId: revocationIds(known(tokens, step.revokes))[0] }
  if (body !== undefined) headers.set('content-type', 'application/json')
  const before = new Map(HOPS.map((hop) => [hop, taps[hop].heard.length]))

  const start = performance.now()
  const send = async () => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await response.text()
    const received: unknown = text === '' ? undefined : JSON.parse(text)
    return { response, received, answer: { status: response.status, code: codeOf(received) } }
  }
  let { response, received, answer } = await send()
  while (step.waits && !isKept(answer, step) && performance.now() - start < WAIT_MS) {
    await setTimeout(PAUSE_MS)
    ;({ response, received, answer } = await send())
  }
  const milliseconds = performance.now() - start

  const [cookie] = response.headers.getSetCookie()
  if (step.signsIn !== undefined && cookie !== undefined) cookies.set(step.signsIn, cookie.split(';')[0] ?? '')
  for (const [hop, name] of Object.entries(step.steals ?? {})) tokens.set(name, lastOf(taps[hop as Hop].heard))
  const heard = HOPS.flatMap((hop) => taps[hop].heard.slice(before.get(hop)).map((token) => ({ hop, token })))
  const drawings = await Promise.all([
    ...(step.draws?.includes('presented') ? [drawPresented(step, tokens)] : []),
    ...heard.filter(({ hop }) => step.draws?.includes(hop)).map(({ hop, token }) => drawHeard(hop, token)),
  ])
  const checkedBy: ServiceName[] = [
    ...(step.token === undefined || step.at === 'authority' ? [] : [step.at]),
    ...heard.map(({ hop }) => ENDS[hop][1]),
  ]

  return { step, answer, body: received, drawings, checkedBy, milliseconds, kept: isKept(answer, step) }
}

/** The outcome of a step in which a token is minted, or is not. */
async function askAuthority(step: Step, { authority }: System, tokens: Map<TokenName, string>): Promise<Outcome> {
  const start = performance.now()
  const { answer, token } = await mintStep(step, authority)
  const milliseconds = performance.now() - start
  if (step.names !== undefined && token !== undefined) tokens.set(step.names, token)
  return { step, answer, body: undefined, drawings: [], checkedBy: [], milliseconds, kept: isKept(answer, step) }
}

function isKept(answer: Answer, { promise }: Step): boolean {
  return answer.status === promise.status && answer.step === promise.step && answer.code === promise.code
}

function presented({ token = 'stolen', tamper }: Step, tokens: ReadonlyMap<TokenName, string>): string {
  const text = known(tokens, token)
  if (tamper === undefined) return text
  return tamper === 'flip a byte' ? flipByte(text, 'acme') : cutLastBlock(text)
}

async function drawPresented({ token = 'stolen' }: Step, tokens: ReadonlyMap<TokenName, string>): Promise<Drawing> {
  const signers = SIGNERS[token] ?? []
  const title = `the token of the ${signers.at(-1)}`
  return { title, blocks: await blocksOf(known(tokens, token), signers) }
}

async function drawHeard(hop: Hop, token: string): Promise<Drawing> {
  return { title: hop, blocks: await blocksOf(token, [AUTHORITY, ENDS[hop][0]]) }
}

function codeOf(body: unknown): string | undefined {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined
}

function known<Name>(values: ReadonlyMap<Name, string>, name: Name): string {
  const value = values.get(name)
  if (value === undefined) throw new Error(`no step before this one has made ${name}`)
  return value
}
