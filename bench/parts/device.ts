// What a verifier takes of a small device: the file, the heap and the time, in QuickJS and in XS.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { attenuate, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
import { openEngine } from 'lock/engine'
import { xs } from '../../scripts/checks/xs.mjs'
import { median } from '../support/measure.ts'
import { quick, reporter } from '../support/part.ts'
import { atMost } from '../support/rows.ts'

const report = reporter('device')
const KIB = 1024
const RUNS = quick ? 2 : 30
const NOW = 1_900_000_000
const REQUEST = { resource: 'doors', operation: 'open', designations: { door: 'front' } }

const sourceOf = (entry: string) => {
  return readFileSync(fileURLToPath(import.meta.resolve(`@writ/device${entry}`)), 'utf8')
}
const [own, host, full] = [sourceOf(''), sourceOf('/host'), sourceOf('/full')]
const compressed = (source: string) => gzipSync(source, { level: 9 }).length / KIB
report({ name: 'the file, Ed25519', unit: 'KiB gz', value: compressed(own), targets: [atMost(36)] })
report({ name: "the file, the host's Ed25519", unit: 'KiB gz', value: compressed(host) })
report({ name: 'the file, both curves, identities, contexts', unit: 'KiB gz', value: compressed(full) })

const { publicKey, privateKey } = await generateKeyPair()
const tokens = await Promise.all(
  Array.from({ length: RUNS }, async () => {
    const now = () => NOW
    const broad = await mintCapability({ subject: 'alice', resource: 'doors', operation: 'open', now }, privateKey)
    return attenuate(broad, publicKey, { designations: { door: 'front' }, anchor: 'lock:front', now })
  }),
)

const onNode = createVerifier({ keys: publicKey, anchor: 'lock:front', now: () => NOW, sync: true })
const unit = median(tokens.map((token) => millisOf(() => onNode.verifySync(token, REQUEST))))
report({ name: 'a new token of 2 blocks, core on Node', unit: 'ms', value: unit, ratio: 1 })

/** A program that verifies a token. */
const programOf = (device: string) => `
import { createVerifier } from ${JSON.stringify(device)}
const verifier = createVerifier({ keys: ${JSON.stringify(publicKey)}, anchor: 'lock:front', now: () => ${NOW} })
export const verify = (token) => verifier.verifySync(token, ${JSON.stringify(REQUEST)}).subject`

const VARIANTS = {
  QuickJS: () => import('@jitl/quickjs-wasmfile-release-sync'),
  'QuickJS-ng': () => import('@jitl/quickjs-ng-wasmfile-release-sync'),
}
for (const [name, variant] of Object.entries(VARIANTS)) {
  const modules = new Map([
    ['device', own],
    ['program', programOf('device')],
  ])
  const engine = await openEngine({ variant: variant(), modules })
  const load = millisOf(() => engine.evaluate('import "program"'))
  report({ name: `${name}: load`, unit: 'ms', value: load, ratio: load / unit })
  report({ name: `${name}: heap, loaded`, unit: 'MiB', value: engine.heapBytes() / KIB / KIB })
  const [one = '', ...more] = tokens
  const first = millisOf(() => engine.call('program', 'verify', one))
  report({
    name: `${name}: heap, after a token`,
    unit: 'MiB',
    value: engine.heapBytes() / KIB / KIB,
    targets: [atMost(1)],
  })
  const others = more.map((token) => millisOf(() => engine.call('program', 'verify', token)))
  report({ name: `${name}: the first token`, unit: 'ms', value: first, ratio: first / unit })
  report({ name: `${name}: a new token of 2 blocks`, unit: 'ms', value: median(others), ratio: median(others) / unit })
  engine.close()
}

const program = xs()
if (program !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'writ-bench-'))
  const [device, main] = [join(folder, 'device.mjs'), join(folder, 'main.mjs')]
  writeFileSync(device, own)
  writeFileSync(
    main,
    `${programOf(device)}
for (const token of ${JSON.stringify(tokens)}) {
  const start = Date.now()
  verify(token)
  print(Date.now() - start)
}`,
  )
  const { stdout } = spawnSync(program, ['-m', main], { encoding: 'utf8' })
  const [, ...others] = stdout.trim().split('\n').map(Number)
  report({ name: 'XS: a new token of 2 blocks', unit: 'ms', value: median(others), ratio: median(others) / unit })
  rmSync(folder, { recursive: true })
}

function millisOf(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}
