// What stays in use after many requests by many tokens. With --long a million requests by a hundred thousand tokens.
import { generateKeyPair } from '@writ/core'
import { compileRequirement, createGuardEngine } from '@writ/http'
import { long, quick, reporter } from '../support/part.ts'
import { atMost } from '../support/rows.ts'
import { ANCHOR, DESIGNATIONS, makeMany, mintWhole, PATH } from '../support/tokens.ts'

const REQUESTS = quick ? 3000 : long ? 1_000_000 : 100_000
/** So many requests by each token, spread over the whole run. */
const REPEATS = 10
const SAMPLES = 30
const AT_ONCE = 16
const MEBIBYTE = 2 ** 20
/** Compiled code comes and goes, half a mebibyte at a time; what leaks only comes. */
const MARGIN_MIB = 1

const collect = globalThis.gc
if (collect === undefined) throw new Error('needs --expose-gc')
function inUse(): number {
  collect?.()
  return process.memoryUsage().heapUsed / MEBIBYTE
}

const root = await generateKeyPair()
const tokens = await makeMany(REQUESTS / REPEATS, () => mintWhole(root))
const engine = createGuardEngine<unknown>({ keys: root.publicKey, anchor: ANCHOR })
const requirement = compileRequirement({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] })

async function decide(index: number): Promise<void> {
  const view = {
    method: 'GET',
    path: PATH,
    params: DESIGNATIONS,
    query: new URLSearchParams(),
    header: (name: string) => (name === 'authorization' ? [`Bearer ${tokens[index % tokens.length]}`] : []),
    ip: undefined,
  }
  const { allowed } = await engine.decide([requirement], view, undefined)
  if (!allowed) throw new Error('the guard refuses a good token')
}

const samples: number[] = []
const before = inUse()
for (let done = 0; done < REQUESTS; ) {
  const end = Math.min(REQUESTS, Math.ceil(((samples.length + 1) * REQUESTS) / SAMPLES))
  for (; done < end; done += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, end - done) }, (_, index) => decide(done + index)))
  }
  done = end
  samples.push(inUse())
}

// The first third fills the caches.
const third = SAMPLES / 3
const [second, last] = [Math.max(...samples.slice(third, 2 * third)), Math.max(...samples.slice(-third))]
const report = reporter('heap')
const what = `${REQUESTS.toLocaleString('en')} requests by ${tokens.length.toLocaleString('en')} tokens`
report({ name: what, unit: 'MiB in use', value: last - before })
report({
  name: 'growth from the second third to the last',
  of: what,
  unit: 'MiB',
  value: last - second,
  targets: [atMost(MARGIN_MIB)],
})
