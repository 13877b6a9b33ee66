// Each adapter in a process of its own, under good, wrong and hostile requests, then under clients that go away: every answer has the
// status that it must have, nothing goes astray, and what is in use after a collection does not grow.
import { abortRequests } from './support/abort-requests.ts'
import { type AdapterName, ADAPTERS as APPS } from './support/adapter-apps.ts'
import { ANCHOR, createRequests } from './support/adapter-requests.ts'
import { loadService } from './support/load-service.ts'
import { fail, failOnStrays, readNumbers } from './support/options.ts'
import { startService } from './support/service.ts'

const ADAPTERS = Object.keys(APPS) as AdapterName[]
const SAMPLES = 30
/** Until everything is compiled and every cache of the platform has its size; not measured. */
const WARM_UP = 1000
const WARM_UP_ABORTS = 200
/** Between two collections: weak tables grow with what is dead and not yet collected, and keep that size. */
const ABORTS_A_SLICE = 100
/** So many requests to a valid token. */
const DISTINCT = 20
const MEBIBYTE = 2 ** 20
/**
 * Flat: the highest sample of the last third is at most so much above that of the first, and so is what is in use after the aborted
 * requests. The highest, since the platform compiles and drops code as it likes: two megabytes come and go, and a leak only comes.
 */
const MARGIN = MEBIBYTE / 2

failOnStrays()
const { requests: count, aborts } = readNumbers({ requests: 100_000, aborts: 1000 })
const requests = await createRequests(count, Math.ceil(count / DISTINCT))

const row = (cells: readonly (string | number)[]) =>
  console.log(
    `${String(cells[0]).padEnd(10)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(13))
      .join('')}`,
  )
console.log(
  `in use after a collection, in MiB; flat if it grows by at most ${MARGIN / MEBIBYTE} from the first third to the last:`,
)
row([
  'adapter',
  'answered',
  'passed',
  'refused',
  'a second',
  'first third',
  'last third',
  'aborted',
  'before',
  'afterwards',
])
for (const adapter of ADAPTERS) {
  const { publicKey, revoked } = requests
  const service = await startService({ adapter, publicKey, anchor: ANCHOR, revoked })
  await loadService(service, requests.kinds, WARM_UP, 0)
  const { answered, passed, refused, perSecond, memory } = await loadService(service, requests.kinds, count, SAMPLES)
  const third = SAMPLES / 3
  const [first, last] = [Math.max(...memory.slice(0, third)), Math.max(...memory.slice(-third))]
  const abort = async (times: number): Promise<number> => {
    for (let done = 0; done < times; done += ABORTS_A_SLICE) {
      await abortRequests(service, requests, Math.min(ABORTS_A_SLICE, times - done))
      await service.memory()
    }
    return service.memory()
  }
  const before = await abort(WARM_UP_ABORTS)
  const after = await abort(aborts)
  service.stop()

  row([
    adapter,
    answered,
    passed,
    refused,
    perSecond.toFixed(0),
    mib(first),
    mib(last),
    aborts,
    mib(before),
    mib(after),
  ])
  const samples = memory.map(mib).join(' ')
  if (last > first + MARGIN) fail('memory grows with the requests', { adapter, samples })
  if (after > before + MARGIN) fail('memory grows with aborted requests', { adapter, before: mib(before), samples })
}

function mib(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(2)
}
