// One service in a process of its own: `process.ts <framework> <contender>`. Starts with the credentials that it is sent, tells its
// URL, and from then on how busy it was since it was last asked.
import { once } from 'node:events'
import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import type { Contender } from './contender.ts'
import type { Credentials } from './credentials.ts'

const [framework = '', name = ''] = process.argv.slice(2)
const received = once(process, 'message')
const { contenders }: { contenders: Readonly<Record<string, Contender>> } = await import(`./${framework}.ts`)
const start = Object.hasOwn(contenders, name) ? contenders[name] : undefined
if (start === undefined) throw new Error(`${framework} has no ${name}`)
const [credentials] = (await received) as [Credentials]
process.send?.(await start(credentials))

let before: EventLoopUtilization = performance.eventLoopUtilization()
process.on('message', () => {
  const { utilization } = performance.eventLoopUtilization(before)
  before = performance.eventLoopUtilization()
  process.send?.(utilization)
})
process.on('disconnect', () => process.exit())
