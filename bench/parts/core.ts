// One token over and over, beside other libraries; and what holders and authorities do.
import { generateKeyPairSync } from 'node:crypto'
import {
  CapabilityError,
  createVerifier,
  delegateIdentity,
  generateKeyPair,
  mintCapability,
  mintIdentity,
  presentIdentity,
} from '@writ/core'
import { compileRequirement, createGuardEngine, type RequestView } from '@writ/http'
import { recordDecisions } from '@writ/opentelemetry'
import { createVerifier as createFastVerifier, createSigner } from 'fast-jwt'
import { generateKeyPair as generateJoseKeys, jwtVerify, SignJWT } from 'jose'
import { createBiscuitVerifier, loadBiscuit } from '../support/biscuit.ts'
import { IN_FLIGHT, inFlight, type Measured, measure, ROUNDS, type Subject } from '../support/measure.ts'
import { reporter } from '../support/part.ts'
import { once } from '../support/pool.ts'
import { appending, createNodeUnit, createProof, createUnit } from '../support/primitives.ts'
import { atMost, type Target } from '../support/rows.ts'
import { ANCHOR, DESIGNATIONS, makeMany, mintBlocks, mintBroad, narrow, PATH, REQUEST } from '../support/tokens.ts'

const UNKNOWN_RUNS = 8

const report = reporter('core')
const line = (name: string, { micros, ratio }: Measured, targets?: readonly Target[]) =>
  report({ name, unit: 'µs', value: micros, ratio, targets })

/** Measures subjects together, and reports each under its name. */
async function compare(subjects: readonly Subject[], targets: Readonly<Record<string, Target>> = {}): Promise<void> {
  const measured = await measure(subjects)
  for (const [name, one] of measured) line(name, one, Object.hasOwn(targets, name) ? [targets[name] as Target] : [])
}

const refused = async (promise: Promise<unknown>) => {
  const outcome = await promise.catch((error: unknown) => error)
  if (!(outcome instanceof CapabilityError)) throw new Error('a bad token was not refused', { cause: outcome })
}

const root = await generateKeyPair()
const verifier = createVerifier({ keys: root.publicKey, anchor: ANCHOR })
const [one, two] = [await mintBlocks(root, 1), await mintBlocks(root, 2)]

const unit = createUnit()
await compare([
  { name: 'one Ed25519 signature by WebCrypto: the unit', run: unit },
  { name: `one by WebCrypto, ${IN_FLIGHT} in flight`, ...inFlight(unit) },
  { name: 'one by node:crypto', run: createNodeUnit(), sync: true },
])

const engine = createGuardEngine<unknown>({ keys: root.publicKey, anchor: ANCHOR })
const requirement = compileRequirement({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] })
const recording = createGuardEngine<unknown>({
  keys: root.publicKey,
  anchor: ANCHOR,
  onDecision: recordDecisions(),
})
async function decide(by = engine): Promise<void> {
  const view: RequestView = {
    method: 'GET',
    path: PATH,
    params: DESIGNATIONS,
    query: new URLSearchParams(),
    header: (name) => (name === 'authorization' ? [`Bearer ${two}`] : []),
    ip: undefined,
  }
  // As the adapters of Express, Fastify and Hono ask it.
  const outcome = by.decideSoon([requirement], view, undefined)
  const { allowed } = outcome instanceof Promise ? await outcome : outcome
  if (!allowed) throw new Error('the guard refuses a good token')
}
await compare(
  [
    { name: 'guard, the same token, 2 blocks', run: () => decide() },
    { name: 'the same with recordDecisions, without an SDK', run: () => decide(recording) },
    { name: `guard, the same token, ${IN_FLIGHT} in flight`, ...inFlight(() => decide()) },
    { name: 'verify, the same token, 1 block', run: () => verifier.verify(one, REQUEST) },
    { name: 'verify, the same token, 2 blocks', run: () => verifier.verify(two, REQUEST) },
    { name: `verify, 2 blocks, ${IN_FLIGHT} in flight`, ...inFlight(() => verifier.verify(two, REQUEST)) },
  ],
  { 'guard, the same token, 2 blocks': atMost(0.04) },
)

const flipped = `${two.slice(0, 40)}${two[40] === 'A' ? 'B' : 'A'}${two.slice(41)}`
await compare([
  { name: 'refuse, one byte flipped', run: () => refused(verifier.verify(flipped, REQUEST)) },
  { name: 'refuse, 16 KiB of noise', run: () => refused(verifier.verify('A'.repeat(16_384), REQUEST)) },
  {
    name: 'refuse, another object, the same token',
    run: () => refused(verifier.verify(two, { ...REQUEST, designations: { ...DESIGNATIONS, tenantId: 'globex' } })),
  },
])

const asserted = { ...REQUEST, designations: { ...DESIGNATIONS, anchor: ANCHOR } }
const judge = createBiscuitVerifier(await loadBiscuit(), root.publicKey, asserted)
const claims = { sub: 'alice', resource: 'invoices', operation: 'read', ...DESIGNATIONS }
const jose = async (algorithm: 'EdDSA' | 'RS256') => {
  const { privateKey, publicKey } = await generateJoseKeys(algorithm, { crv: 'Ed25519' })
  const jwt = await new SignJWT(claims).setProtectedHeader({ alg: algorithm }).setExpirationTime('1d').sign(privateKey)
  return () => jwtVerify(jwt, publicKey, { algorithms: [algorithm] })
}
const fast = (cache: boolean) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
    publicKeyEncoding: { format: 'pem', type: 'spki' },
  })
  const jwt = createSigner({ key: privateKey, algorithm: 'EdDSA', expiresIn: '1d' })(claims)
  const verify = createFastVerifier({ key: publicKey, algorithms: ['EdDSA'], cache })
  return () => verify(jwt)
}
await compare([
  { name: 'biscuit-wasm direct, 1 block', run: () => judge(one), sync: true },
  { name: 'biscuit-wasm direct, 2 blocks', run: () => judge(two), sync: true },
  { name: 'jose, EdDSA', run: await jose('EdDSA') },
  { name: 'jose, RS256', run: await jose('RS256') },
  { name: 'fast-jwt, EdDSA', run: fast(false), sync: true },
  { name: 'fast-jwt, EdDSA, with its cache', run: fast(true), sync: true },
])

const broad = await mintBroad(root)
const unknown = once(await makeMany((ROUNDS + 1) * UNKNOWN_RUNS, () => mintBroad(root)))
const proof = createProof({ root: 'ed25519', imported: 0, attested: 0 }, (ROUNDS + 1) * UNKNOWN_RUNS)
const alice = await mintIdentity({ subject: 'agent:alice', delegatable: true, expiresIn: '1d' }, root.privateKey)
const writing = await measure([
  { name: 'append web', run: appending.byWebCrypto },
  { name: 'append node', run: appending.byNode, sync: true },
  { name: 'proof web', run: proof.byWebCrypto, runs: UNKNOWN_RUNS },
  { name: 'proof node', run: proof.byNode, sync: true, runs: UNKNOWN_RUNS },
  { name: 'attenuate, known parent', run: () => narrow(broad, root.publicKey) },
  { name: 'attenuate, unknown parent', run: () => narrow(unknown(), root.publicKey), runs: UNKNOWN_RUNS },
  {
    name: 'delegateIdentity',
    run: () => delegateIdentity(alice, root.publicKey, { identity: 'agent:alice:helper', expiresIn: '5m' }),
  },
  { name: 'presentIdentity', run: () => presentIdentity(alice, root.publicKey) },
  {
    name: 'mintCapability',
    run: () => mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, root.privateKey),
  },
])
const written = (name: string) => writing.get(name) as Measured
const cheaper = (what: string) => Math.min(written(`${what} web`).ratio, written(`${what} node`).ratio)
const appended = 2 * cheaper('append')
line('a new key and a signature, by WebCrypto', written('append web'))
line('a new key and a signature, by node:crypto', written('append node'))
line('attenuate, known parent', written('attenuate, known parent'), [atMost(appended, 'twice a key and a signature')])
line('attenuate, unknown parent', written('attenuate, unknown parent'), [
  atMost(appended + cheaper('proof'), 'twice a key and a signature, and the proof'),
])
for (const name of ['delegateIdentity', 'presentIdentity', 'mintCapability']) line(name, written(name))
