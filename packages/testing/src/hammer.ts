import assert from 'node:assert/strict'
import { checkKeys } from './check-keys.ts'
import type { ConformanceTarget, RouteDescription } from './conformance/app-description.ts'
import { createRandom } from './conformance/create-random.ts'
import { expectRefusal } from './conformance/expect-answer.ts'
import { type PlannedRequest, planRequests } from './conformance/plan-requests.ts'
import { type Connection, openConnection } from './conformance/raw-connection.ts'
import { type RawResponse, sendRaw } from './conformance/raw-request.ts'
import { grace, later, turns } from './conformance/wait.ts'
import { createTestAuthority } from './create-test-authority.ts'

/** Options of {@link hammer}. */
export interface HammerOptions {
  /** How many requests are sent. */
  readonly requests: number
  /** Decides requests and delays, but not the order in which a server gets to them. Default: a random seed. */
  readonly seed?: number | undefined
  /** How many requests are open at a time. Default 24. */
  readonly concurrency?: number | undefined
}

const OPTIONS = { requests: true, seed: true, concurrency: true } satisfies Record<keyof HammerOptions, true>

/** What came of a run of {@link hammer}. */
export interface HammerReport {
  readonly seed: number
  readonly requests: number
  readonly passed: number
  readonly refused: number
  /** How many clients went away. */
  readonly aborted: number
}

const ANCHOR = 'service:billing'
/** How many connections are kept open, each with many requests at a time. */
const SHARED = 4
/** How long an answer may take, in milliseconds. */
const PATIENCE = 10_000
/** How many problems an error lists. */
const TOLD = 5

/**
 * Sends requests to an app in which every hook takes a random time: before the guard, in each part of the decision, before and
 * in the handler, and before the answer leaves. Many are sent at a time on shared connections, and some clients go away. About
 * one in four may pass. Resolves if no handler ran and no byte of its answer left after a refusal, and if each answer belongs to
 * its own request.
 *
 * @param target - The adapter: how it starts an app that is described in terms of every framework.
 * @param options - See {@link HammerOptions}.
 * @throws `AssertionError` that names the seed and what went wrong.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { type ConformanceTarget, hammer } from '@writ/testing'
 *
 * export async function run(target: ConformanceTarget) {
 *   const { seed, passed, refused } = await hammer(target, { requests: 10_000 })
 *   console.log(`${target.name}: seed ${seed}, ${passed} passed, ${refused} refused`)
 * }
 * ```
 */
export async function hammer(target: ConformanceTarget, options: HammerOptions): Promise<HammerReport> {
  checkKeys(options, OPTIONS)
  const { requests, seed = Math.floor(Math.random() * 2 ** 32), concurrency = 24 } = options
  checkCounts({ requests, seed, concurrency })
  const random = createRandom(seed)
  const authority = await createTestAuthority()
  const revoked = new Set<string>()
  const plan = await planRequests(authority, ANCHOR, requests, random, (id) => revoked.add(id))
  const problems: string[] = []
  const runs = new Map<number, number>()
  const wait = () => waitAtRandom(random)

  /** `index` comes from the path of the request, so the request may be one that was not planned. */
  function ran(index: number, subject: string | undefined): void {
    runs.set(index, (runs.get(index) ?? 0) + 1)
    const planned = plan[index]
    if (planned?.code !== undefined) problems.push(`the handler ran for request ${index}: ${planned.code}`)
    if (planned?.subject !== subject) problems.push(`the handler of request ${index} saw the capability of ${subject}`)
  }

  const mounted = await target.mount({
    options: {
      keys: async () => {
        await wait()
        return authority.publicKey
      },
      now: authority.now,
      anchor: ANCHOR,
      revocation: { isRevoked: async (ids) => wait().then(() => ids.some((id) => revoked.has(id))) },
      async onDecision(_decision, { request }) {
        await wait()
        if (plan[Number(request.params['request'])]?.fails) throw new Error('the log is full')
      },
      onRefusal: () => wait().then(() => undefined),
    },
    cors: false,
    json: true,
    slow: { beforeGuard: wait, beforeHandler: wait, beforeSend: wait },
    routes: routesOf(wait, ran),
    mounts: [],
  })
  const shared = await Promise.all(Array.from({ length: SHARED }, () => openConnection(mounted.url)))
  const counts = { passed: 0, refused: 0, aborted: 0 }
  let next = 0
  const client = async () => {
    for (let index = next++; index < plan.length; index = next++) {
      const planned = plan[index] as PlannedRequest
      try {
        const response = await inTime(send(mounted.url, planned, shared[index % SHARED] as Connection, wait))
        counts[response === undefined ? 'aborted' : planned.code === undefined ? 'passed' : 'refused'] += 1
        if (response) expectAnswer(response, planned, index)
      } catch (error) {
        problems.push(`request ${index} (${planned.code ?? 'passes'}): ${String(error)}`)
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, client))
    await grace()
    for (const [index, times] of runs)
      if (times > 1) problems.push(`the handler of request ${index} ran ${times} times`)
    const told = problems.slice(0, TOLD).join('\n')
    assert.equal(problems.length, 0, `${target.name}, seed ${seed}: ${problems.length} problems\n${told}`)
    return { seed, requests, ...counts }
  } finally {
    for (const connection of shared) connection.abort()
    // Problems are reported even if the app does not stop.
    await inTime(mounted.close()).catch(() => {})
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

function checkCounts(counts: HammerOptions): void {
  for (const [name, value] of Object.entries(counts)) {
    const least = name === 'seed' ? 0 : 1
    if (!Number.isSafeInteger(value) || value < least)
      throw new TypeError(`${name}: must be a whole number from ${least}`)
  }
}

function routesOf(
  wait: () => Promise<void>,
  ran: (index: number, subject: string | undefined) => void,
): readonly RouteDescription[] {
  const handled = (method: 'GET' | 'POST', path: string, streamed: boolean, fromBody: boolean): RouteDescription => ({
    method,
    path,
    streamed,
    accessor: 'optionalCapability',
    guards: [
      {
        requirement: {
          resource: 'invoices',
          operation: 'read',
          designate: {
            tenantId: fromBody ? { body: 'tenantId' } : ({ params }) => wait().then(() => params['tenantId']),
          },
        },
      },
    ],
    handle({ capability, params }) {
      const index = Number(params['request'])
      ran(index, capability?.subject)
      const answer = `answer-${index} for ${capability?.subject}`
      return streamed ? inPieces(answer, wait) : wait().then(() => ({ answer }))
    },
  })
  return [
    handled('GET', '/:tenantId/invoices/:request', false, false),
    handled('GET', '/:tenantId/streams/:request', true, false),
    handled('POST', '/accounts/:request', false, true),
  ]
}

async function* inPieces(answer: string, wait: () => Promise<void>): AsyncGenerator<string> {
  for (const piece of answer.split(/(?=-)/)) {
    await wait()
    yield piece
  }
}

/** The answer, or `undefined` if the client went away before. */
async function send(
  url: string,
  { request, connection }: PlannedRequest,
  shared: Connection,
  wait: () => Promise<void>,
): Promise<RawResponse | undefined> {
  if (connection === 'own') return sendRaw(url, request)
  if (connection === 'shared') return shared.send(request)
  const own = await openConnection(url)
  const answer = own.send(request).catch(() => undefined)
  for (let times = 0; times < 3; times += 1) await wait()
  own.abort()
  return answer
}

function expectAnswer(response: RawResponse, { code, subject }: PlannedRequest, index: number): void {
  if (code !== undefined) {
    expectRefusal(response, code)
    return
  }
  assert.equal(response.status, 200, response.text)
  assert.ok(response.body.includes(`answer-${index} for ${subject}`), `got the answer of another: ${response.body}`)
}

/** Waits not at all, for some turns of the event loop, or for some milliseconds. */
function waitAtRandom(random: () => number): Promise<void> {
  const kind = random()
  if (kind < 0.3) return Promise.resolve()
  return kind < 0.7 ? turns(1 + Math.floor(random() * 3)) : later(random() * 8)
}
