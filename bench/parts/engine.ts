// What a policy costs: to load it, and to mint by it, whatever its size.
import { generateKeyPair } from '@writ/core'
import { createEngine, parsePolicy } from '@writ/engine'
import { measure } from '../support/measure.ts'
import { quick, reporter } from '../support/part.ts'
import { atMost } from '../support/rows.ts'

const SMALL = 10
const LARGE = quick ? 100 : 10_000
const GRANTS = 10
const TARGETS = 100
/** Loading is too slow to be repeated often. */
const LOADS = quick ? 1 : 3

const report = reporter('engine')
const keys = await generateKeyPair()

/** A policy in TOML of so many services, each with ten capabilities. */
function policyOf(services: number): string {
  return Array.from({ length: services }, (_, service) => {
    const grants = Array.from(
      { length: GRANTS },
      (_, index) => `  { target = "target-${(service + index) % TARGETS}", operations = ["read", "write"] },`,
    )
    return [`[[objects]]`, `id = "service:${service}"`, 'capabilities = [', ...grants, ']', ''].join('\n')
  }).join('\n')
}

const text = policyOf(LARGE)
const times = Array.from({ length: LOADS }, () => {
  const start = performance.now()
  parsePolicy(text)
  return performance.now() - start
})
report({
  name: `load ${LARGE} objects with ${GRANTS} capabilities each`,
  unit: 'ms',
  value: Math.min(...times),
  targets: [atMost(2000)],
})

const request = { subject: 'service:7', target: 'target-8', operation: 'read', designations: { tenantId: 'acme' } }
const minting = (services: number) => {
  const engine = createEngine({ policy: parsePolicy(policyOf(services)), keys })
  return () => engine.mint(request)
}
const [small, large] = [`mint by a policy of ${SMALL} objects`, `mint by a policy of ${LARGE} objects`]
const measured = await measure([
  { name: small, run: minting(SMALL) },
  { name: large, run: minting(LARGE) },
])
for (const [name, { micros, ratio }] of measured) {
  const most = (measured.get(small)?.ratio ?? 0) * 1.2
  report({ name, unit: 'µs', value: micros, ratio, targets: name === large ? [atMost(most, small)] : [] })
}
