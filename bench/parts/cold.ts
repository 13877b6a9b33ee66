// Tokens that were never seen before, beside what cannot be avoided and beside the reference implementation.
import { attest, createVerifier, generateKeyPair } from '@writ/core'
import { createBiscuitVerifier, loadBiscuit } from '../support/biscuit.ts'
import { IN_FLIGHT, inFlight, type Measured, measure, ROUNDS } from '../support/measure.ts'
import { reporter } from '../support/part.ts'
import { once } from '../support/pool.ts'
import { createProof, type Proof } from '../support/primitives.ts'
import { atMost, type Line, type Target } from '../support/rows.ts'
import { ANCHOR, makeMany, mintBlocks, mintBroad, mintWhole, narrow, REQUEST } from '../support/tokens.ts'

const SERIAL_RUNS = 8
const FLIGHT_RUNS = 3
/** Of each kind of token, for the serial and the concurrent calls of every round, and of the one that does not count. */
const TOKENS = (ROUNDS + 1) * (SERIAL_RUNS + FLIGHT_RUNS * IN_FLIGHT)

interface Kind {
  readonly name: string
  readonly proof: Proof
  readonly publicKey: string
  readonly tokens: readonly string[]
  /** Verified once before, and not measured. */
  readonly known?: string
  /** Times the unavoidable work. */
  readonly factor: number
  /** Whether it must also be faster than the reference implementation. */
  readonly rival: boolean
}

const report = reporter('cold')
const library = await loadBiscuit()
const root = await generateKeyPair()
const p256 = await generateKeyPair({ algorithm: 'secp256r1' })

const blocks = async (count: number): Promise<Kind> => ({
  name: `${count} ${count === 1 ? 'block' : 'blocks'}`,
  proof: { root: 'ed25519', imported: count - 1, attested: 0 },
  publicKey: root.publicKey,
  tokens: await makeMany(TOKENS, () => mintBlocks(root, count)),
  factor: 1.2,
  rival: true,
})

async function newAttenuation(): Promise<Kind> {
  const known = await mintBroad(root)
  return {
    name: 'new attenuation of a known token',
    // The only signature is by a key that the token carries.
    proof: { root: 'none', imported: 1, attested: 0 },
    publicKey: root.publicKey,
    tokens: await makeMany(TOKENS, () => narrow(known, root.publicKey)),
    known,
    factor: 1.3,
    rival: false,
  }
}

const underP256 = async (count: number): Promise<Kind> => ({
  name: `P-256 root, ${count} ${count === 1 ? 'block' : 'blocks'}`,
  proof: { root: 'P-256', imported: count - 1, attested: 0 },
  publicKey: p256.publicKey,
  tokens: await makeMany(TOKENS, () => mintBlocks(p256, count)),
  factor: 1.2,
  rival: false,
})

async function attestedByP256(): Promise<Kind> {
  const attester = await generateKeyPair({ algorithm: 'secp256r1' })
  const { tenantId, invoiceId } = REQUEST.designations as { tenantId: string; invoiceId: string }
  const more = { designations: { tenantId }, attested: { invoiceId: { value: invoiceId, by: attester.publicKey } } }
  return {
    name: 'P-256 attester, 2 blocks',
    proof: { root: 'ed25519', imported: 1, attested: 1 },
    publicKey: root.publicKey,
    tokens: await makeMany(TOKENS, async () =>
      attest(
        await mintWhole(root, more),
        { keys: root.publicKey, privateKey: attester.privateKey },
        { designations: { invoiceId } },
      ),
    ),
    factor: 1.2,
    rival: false,
  }
}

/** Both ways to the unavoidable work, Writ, and the reference implementation: one call after the other, and many at once. */
async function measureKind({ name, proof, publicKey, tokens, known, factor, rival }: Kind): Promise<void> {
  const verifier = createVerifier({ keys: publicKey, anchor: ANCHOR })
  if (known !== undefined) await verifier.prove(known)
  const token = once(tokens)
  const verify = () => verifier.verify(token(), REQUEST)
  const tokenOfRival = once(tokens)
  const judge = createBiscuitVerifier(library, publicKey, {
    ...REQUEST,
    designations: { ...REQUEST.designations, anchor: ANCHOR },
  })
  const { byWebCrypto, byNode } = createProof(proof, TOKENS)
  const serial = { runs: SERIAL_RUNS }
  const flight = { runs: FLIGHT_RUNS }
  const measured = await measure([
    { name: 'webcrypto', run: byWebCrypto, ...serial },
    { name: 'node', run: byNode, sync: true, ...serial },
    { name: 'writ', run: verify, ...serial },
    { name: 'biscuit', run: () => judge(tokenOfRival()), sync: true, ...serial },
    { name: 'webcrypto, in flight', ...inFlight(byWebCrypto), ...flight },
    { name: 'node, in flight', ...inFlight(byNode), ...flight },
    { name: 'writ, in flight', ...inFlight(verify), ...flight },
    { name: 'biscuit, in flight', ...inFlight(() => judge(tokenOfRival())), ...flight },
  ])
  for (const mode of ['', ', in flight']) {
    const of = (subject: string) => measured.get(`${subject}${mode}`) as Measured
    const [web, node, writ, biscuit] = [of('webcrypto'), of('node'), of('writ'), of('biscuit')]
    const targets: Target[] = [
      atMost(factor * Math.min(web.ratio, node.ratio), `${factor} times what cannot be avoided`),
    ]
    if (rival) targets.push(atMost(biscuit.ratio, 'biscuit-wasm'))
    const whole = mode === '' ? name : `${name}, ${IN_FLIGHT} in flight`
    line({ name: whole, targets }, writ)
    line({ name: 'unavoidable, by WebCrypto', of: whole }, web)
    line({ name: 'unavoidable, by node:crypto', of: whole }, node)
    line({ name: 'biscuit-wasm direct', of: whole }, biscuit)
  }
}

function line(what: Pick<Line, 'name' | 'of' | 'targets'>, { micros, ratio }: Measured): void {
  report({ ...what, unit: 'µs', value: micros, ratio })
}

for (const make of [
  () => blocks(1),
  () => blocks(2),
  () => blocks(5),
  newAttenuation,
  () => underP256(1),
  () => underP256(2),
  attestedByP256,
]) {
  await measureKind(await make())
}
