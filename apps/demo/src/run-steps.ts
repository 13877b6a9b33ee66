import { revocationIds } from '@writ/core'
import type { Tokens } from './create-tokens.ts'
import type { Answer, Section, Step } from './steps.ts'

const TIMEOUT_MS = 5000

/** What came of a step. */
export interface Outcome {
  readonly step: Step
  readonly answer: Answer
  readonly body: unknown
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

/** Sends the requests, one after the other, and holds each answer against its promise. */
export async function runSteps(
  sections: readonly Section[],
  url: string,
  tokens: Tokens,
  narrator: Narrator,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const section of sections) {
    narrator.section(section)
    for (const step of section.steps) {
      const outcome = await runStep(step, url, tokens)
      outcomes.push(outcome)
      narrator.step(outcome)
    }
  }
  return outcomes
}

async function runStep(step: Step, url: string, tokens: Tokens): Promise<Outcome> {
  const [method = '', path = ''] = step.request.split(' ')
  const headers = new Headers()
  if (step.token) headers.set('authorization', `Bearer ${tokens[step.token]}`)
  const request: RequestInit = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }
  if (step.revokes) {
    // The id of the first block: it revokes the token and everything that was narrowed from it.
    const [id] = await revocationIds(tokens[step.revokes])
    headers.set('content-type', 'application/json')
    request.body = JSON.stringify({ id })
  }

  const start = performance.now()
  const response = await fetch(`${url}${path}`, request)
  const text = await response.text()
  const milliseconds = performance.now() - start

  const body: unknown = text === '' ? undefined : JSON.parse(text)
  const answer: Answer = { status: response.status, code: codeOf(body) }
  const kept = answer.status === step.promise.status && answer.code === step.promise.code
  return { step, answer, body, milliseconds, kept }
}

function codeOf(body: unknown): string | undefined {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined
}
