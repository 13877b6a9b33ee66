// Resident memory over a long life of a process: reading, writing, and the library trapped by hostile tokens again and again.
import { attenuate, createVerifier, generateKeyPair, mintCapability } from '../packages/core/src/index.ts'
import { withBiscuit } from '../packages/core/src/internal/write/biscuit/with-biscuit.ts'
import { fact } from '../packages/core/test/support/forge/datalog.ts'
import { appendBlock } from '../packages/core/test/support/forge/forge.ts'
import type { Glue } from '../packages/core/test/support/oracle/instance.ts'
import { fail, failOnStrays, readNumbers } from './support/options.ts'

const SAMPLES = 60
const AT_A_TIME = 10
const MEBIBYTE = 2 ** 20
/** Flat: the mean of the last third is at most so much above that of the middle third. */
const FACTOR = 1.1
const MARGIN = 16 * MEBIBYTE

failOnStrays()
const { verifications, attenuations, traps } = readNumbers({
  verifications: 1_000_000,
  attenuations: 100_000,
  traps: 10_000,
})
const collect = globalThis.gc
if (collect === undefined) throw new Error('run it with --expose-gc')

const { publicKey, privateKey } = await generateKeyPair()
const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
const designations = { tenantId: 'acme' }
const verifier = createVerifier({ keys: publicKey, anchor: null })
const broad = await mintCapability({ ...right, expiresIn: '7d' }, privateKey)
const narrow = await attenuate(broad, publicKey, { designations })
const token = await mintCapability({ ...right, designations, expiresIn: '7d' }, privateKey)
const trap = appendBlock(narrow, { facts: [fact('evil', { symbol: 2n ** 60n })] })

await watch('verifications', verifications, async (index) => {
  // One in eight is refused, for refusals are what an attacker can have for nothing.
  if (index % 8 > 0) await verifier.verify(token, { ...right, designations })
  else await refused(verifier.verify(token, { ...right, designations: { tenantId: `${index}` } }))
})
await watch('attenuations', attenuations, async (index) => {
  await attenuate(broad, publicKey, { designations: { tenantId: `tenant ${index}` } })
})
await watch('trapped calls', traps, async (index) => {
  try {
    withBiscuit((library) => authorize(library, trap))
  } catch {
    // What was broken is gone: the next call gets an instance of its own.
    if (index % 16 === 0) await mintCapability(right, privateKey)
    return
  }
  fail('the library did not trap', {})
})

/** Runs the work and prints and judges the resident memory on the way. */
async function watch(name: string, count: number, work: (index: number) => Promise<void>): Promise<void> {
  if (count === 0) return
  const before = resident()
  const samples: number[] = []
  const start = performance.now()
  for (let done = 0; done < count; ) {
    const indices = Array.from({ length: Math.min(AT_A_TIME, count - done) }, (_, place) => done + place)
    await Promise.all(indices.map(work))
    done += indices.length
    if (samples.length < Math.floor((done * SAMPLES) / count)) samples.push(resident())
  }
  const seconds = (performance.now() - start) / 1000
  const third = Math.floor(samples.length / 3)
  const middle = mean(samples.slice(third, 2 * third))
  const last = mean(samples.slice(2 * third))
  console.log(`${count} ${name} in ${seconds.toFixed(0)} s; resident memory in MiB:`)
  console.log(
    `  before ${mib(before)}, middle third ${mib(middle)}, last third ${mib(last)}, most ${mib(Math.max(...samples))}`,
  )
  if (last > middle * FACTOR + MARGIN) fail('resident memory grows', { name, samples: samples.map(mib).join(' ') })
}

function resident(): number {
  collect?.()
  return process.memoryUsage.rss()
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function mib(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(0)
}

/** What the package itself never does: it has the library judge a token. */
function authorize(library: unknown, text: string): void {
  const { AuthorizerBuilder, Biscuit, PublicKey, SignatureAlgorithm } = library as Glue
  const key = PublicKey.fromString(publicKey.split('/')[1] ?? '', SignatureAlgorithm.Ed25519)
  new AuthorizerBuilder().buildAuthenticated(Biscuit.fromBase64(text, key))
}

async function refused(promise: Promise<unknown>): Promise<void> {
  await promise.then(
    () => fail('accepted for another tenant', {}),
    () => undefined,
  )
}
