// What a verification costs, as ratios within one run: absolute times say more of the machine than of the code.
import { attenuate, createVerifier, generateKeyPair, mintCapability } from '../packages/core/dist/index.js'

const ROUNDS = 7
const PER_ROUND = 300

/** Median microseconds of one call; the rounds of all subjects are interleaved, so that a busy moment hits them alike. */
async function measure(subjects: ReadonlyMap<string, () => Promise<unknown>>): Promise<Map<string, number>> {
  const times = new Map([...subjects.keys()].map((name) => [name, [] as number[]]))
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, run] of subjects) {
      const start = performance.now()
      for (let index = 0; index < PER_ROUND; index++) await run()
      if (round >= 0) times.get(name)?.push(((performance.now() - start) * 1000) / PER_ROUND)
    }
  }
  return new Map([...times].map(([name, all]) => [name, all.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0]))
}

const request = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('accepted')),
    () => undefined,
  )

const { publicKey, privateKey } = await generateKeyPair()
const verifier = createVerifier({ keys: publicKey, anchor: null })
const signing = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
const pair = 'publicKey' in signing ? signing : undefined
if (pair === undefined) throw new Error('no key pair')
const message = new Uint8Array(300)
const signature = await crypto.subtle.sign('Ed25519', pair.privateKey, message)

const one = await mintCapability(
  { subject: 'alice', resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } },
  privateKey,
)
const two = await attenuate(one, publicKey, { expiresIn: '1m' })
let five = two
for (let block = 0; block < 3; block++) five = await attenuate(five, publicKey, { expiresIn: '1m' })
const flipped = `${one.slice(0, 40)}${one[40] === 'A' ? 'B' : 'A'}${one.slice(41)}`

const times = await measure(
  new Map<string, () => Promise<unknown>>([
    ['one Ed25519 signature, alone', () => crypto.subtle.verify('Ed25519', pair.publicKey, signature, message)],
    ['verify, 1 block', () => verifier.verify(one, request)],
    ['verify, 2 blocks', () => verifier.verify(two, request)],
    ['verify, 5 blocks', () => verifier.verify(five, request)],
    ['refuse, one byte flipped', () => refused(verifier.verify(flipped, request))],
    ['refuse, 16 KiB of noise', () => refused(verifier.verify('A'.repeat(16_384), request))],
    ['mint', () => mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)],
    ['attenuate', () => attenuate(one, publicKey, { expiresIn: '1m' })],
  ]),
)

const unit = times.get('one Ed25519 signature, alone') ?? 1
console.log(`${'what'.padEnd(32)}${'µs'.padStart(9)}${'in signatures'.padStart(16)}`)
for (const [name, time] of times) {
  console.log(`${name.padEnd(32)}${time.toFixed(0).padStart(9)}${(time / unit).toFixed(2).padStart(16)}`)
}
