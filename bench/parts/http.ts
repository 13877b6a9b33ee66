// Requests a second, guarded and not. This process sends the load; each service is in a process of its own.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { makeCredentials } from '../servers/credentials.ts'
import { median } from '../support/measure.ts'
import { quick, reporter } from '../support/part.ts'
import { atLeast, type Target } from '../support/rows.ts'
import { PATH } from '../support/tokens.ts'

const ROUNDS = quick ? 1 : 7
const SECONDS = 0.8
const WARM_UP_SECONDS = 1.5
/** Instead of a time. */
const QUICK_REQUESTS = 100
const CONNECTIONS = 8
/** So that the load costs less than the answers. */
const PIPELINED = 4
/** An unguarded service that is at work for a smaller share of the time was waiting for the load. */
const BUSY = 0.9
/** Its built-in time limit refuses good tokens on a busy machine. Every other guard must answer every request. */
const MAY_REFUSE = 'biscuit-wasm'

/** Who else guards a framework, whose JWT they take, and what Writ must hold there. */
interface Framework {
  readonly name: string
  readonly others: Readonly<Record<string, Credential>>
  /** Of the requests a second without a guard. */
  readonly least?: number
  /** Whom Writ must be ahead of. */
  readonly ahead?: string
}

type Credential = 'capability' | 'EdDSA' | 'RS256'

const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'Express',
    others: {
      jose: 'EdDSA',
      'express-oauth2-jwt-bearer': 'RS256',
      'jose + casbin': 'EdDSA',
      'jose + cedar-wasm': 'EdDSA',
      'biscuit-wasm': 'capability',
    },
    least: 0.75,
  },
  {
    name: 'Fastify',
    others: { '@fastify/jwt': 'EdDSA', '@fastify/jwt, with its cache': 'EdDSA' },
    ahead: '@fastify/jwt, with its cache',
  },
  { name: 'Hono', others: { 'hono/jwk': 'EdDSA' }, least: 0.62 },
]

const credentials = await makeCredentials()
const report = reporter('http')
const busy: number[] = []
for (const framework of FRAMEWORKS) await measureFramework(framework)
if (median(busy) < BUSY) {
  console.log(
    `the unguarded services were at work only ${(median(busy) * 100).toFixed(0)} % of the time: the load was the limit`,
  )
}

async function measureFramework({ name, others, least, ahead }: Framework): Promise<void> {
  const unguarded = await start(name, 'unguarded')
  const guarded = new Map<string, Service>()
  for (const [guard, credential] of Object.entries({ writ: 'capability' as const, ...others })) {
    guarded.set(guard, await start(name, guard, credential))
  }
  for (const service of [unguarded, ...guarded.values()]) await perSecond(service, WARM_UP_SECONDS)

  const plain: number[] = []
  const rates = new Map([...guarded.keys()].map((guard) => [guard, [] as number[]]))
  const ratios = new Map([...guarded.keys()].map((guard) => [guard, [] as number[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [guard, service] of guarded) {
      const without = await perSecond(unguarded, SECONDS)
      const withGuard = await perSecond(service, SECONDS)
      plain.push(without)
      rates.get(guard)?.push(withGuard)
      ratios.get(guard)?.push(withGuard / without)
    }
  }
  for (const service of [unguarded, ...guarded.values()]) service.stop()

  const ratioOf = (guard: string) => median(ratios.get(guard) ?? [])
  const targets: Target[] = []
  if (least !== undefined) targets.push(atLeast(least))
  if (ahead !== undefined) targets.push(atLeast(ratioOf(ahead), ahead))
  const unit = 'requests/s'
  report({ name: `${name}, unguarded`, unit, value: median(plain) })
  for (const guard of guarded.keys()) {
    const value = median(rates.get(guard) ?? [])
    report({ name: `${name}, ${guard}`, unit, value, ratio: ratioOf(guard), targets: guard === 'writ' ? targets : [] })
  }
}

interface Service {
  readonly contender: string
  readonly url: string
  readonly token: string | undefined
  /** The share of the time since the last question in which it was at work. */
  busy(): Promise<number>
  stop(): void
}

async function start(framework: string, contender: string, credential?: Credential): Promise<Service> {
  const file = fileURLToPath(new URL('../servers/process.ts', import.meta.url))
  const args = [framework.toLowerCase(), contender]
  const child: ChildProcess = fork(file, args, { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${framework}, ${contender}: ended`)))
  ended.catch(() => {})
  const ask = async (question: unknown) => {
    const answer = once(child, 'message')
    child.send(question as object)
    return (await Promise.race([answer, ended]))[0]
  }
  return {
    contender,
    url: await ask(credentials),
    token: credential && credentials[credential].token,
    busy: () => ask('busy'),
    stop: () => child.disconnect(),
  }
}

async function perSecond(service: Service, seconds: number): Promise<number> {
  const { url, token, contender } = service
  if (token === undefined) await service.busy()
  const result = await autocannon({
    url: `${url}${PATH}`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    connections: CONNECTIONS,
    pipelining: PIPELINED,
    ...(quick ? { amount: QUICK_REQUESTS } : { duration: seconds }),
    sampleInt: 100,
  })
  const { '2xx': answered, non2xx, errors, timeouts, duration } = result
  const refused = contender === MAY_REFUSE ? 0 : non2xx
  if (refused + errors + timeouts > 0) {
    throw new Error(`${contender}: ${answered} answers, ${non2xx} refused, ${errors + timeouts} failed`)
  }
  if (token === undefined) busy.push(await service.busy())
  return answered / duration
}
