// Random delays in every hook of every framework: after a refusal no handler runs, and no byte of a handler's answer leaves.
import { registerHooks } from 'node:module'
import type { ConformanceTarget } from '../packages/testing/dist/index.js'
import { anySeed, failOnStrays, readNumbers } from './support/options.ts'

// The apps of the conformance suite import the sources of their adapters; here, as in every soak, what is built runs.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === '../src/index.ts' ? '../dist/index.js' : specifier, context),
})
/** Not by a literal: the sources behind them are compiled with the settings of their own packages. */
const load = (path: string) => import(new URL(`../packages/${path}`, import.meta.url).href)
const { hammer } = await import('../packages/testing/dist/index.js')
const { expressTarget, versions } = await load('express/test/express-target.ts')
const { fastifyTarget } = await load('fastify/test/fastify-target.ts')
const { honoTarget } = await load('hono/test/hono-target.ts')
const { nestTarget, platforms } = await load('nestjs/test/nest-target.ts')

const targets: readonly ConformanceTarget[] = [
  ...versions.map(([name, express]: readonly [string, unknown]) => expressTarget(name, express)),
  ...['first', 'last'].map((registration) => fastifyTarget(registration)),
  honoTarget,
  ...platforms.map((platform: string) => nestTarget(platform)),
]

failOnStrays()
const { requests, seed } = readNumbers({ requests: 10_000, seed: anySeed() })
console.log(`${requests} requests to each framework, seed ${seed}`)
for (const target of targets) {
  const start = performance.now()
  const { passed, refused, aborted } = await hammer(target, { requests, seed })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${target.name.padEnd(30)} ${passed} passed, ${refused} refused, ${aborted} went away (${seconds} s)`)
}
