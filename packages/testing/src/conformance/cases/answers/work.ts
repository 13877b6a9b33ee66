import assert from 'node:assert/strict'
import { expectRefusal } from '../../expect-answer.ts'
import { INVOICE, type Scenario, type Scene } from '../../scene.ts'

type Headers = readonly (readonly [string, string])[]
type Code = Parameters<typeof expectRefusal>[1]

/** The size of a hostile header, and by how much it grows: up to what a server accepts by default. */
const SIZE = 1500
const FACTOR = 8
/**
 * Linear work grows at most by this factor, quadratic work by up to 64. Processor time is compared, not elapsed time. The process
 * may do other things too, which only ever adds: so the least of a few attempts counts, of both sizes.
 */
const MOST = FACTOR
const TRIES = 5
/** The fixed cost of a request, in microseconds: work below it proves nothing. */
const LEAST = 1000

/** A case in which the work for a header may only grow in proportion to its length. */
function linear(name: string, headersOf: (size: number) => Headers, code: Code): Scenario {
  return {
    name: `work grows no faster than a header: ${name}`,
    async run(scene) {
      await costOf(scene, headersOf(SIZE), code)
      let small = Number.POSITIVE_INFINITY
      let large = Number.POSITIVE_INFINITY
      for (let tries = 0; tries < TRIES; tries += 1) {
        small = Math.min(small, await costOf(scene, headersOf(SIZE), code))
        large = Math.min(large, await costOf(scene, headersOf(SIZE * FACTOR), code))
        if (large <= MOST * LEAST) return
      }
      if (large <= MOST * Math.max(small, LEAST)) return
      assert.fail(`${FACTOR} times the bytes cost more than ${MOST} times the work: ${small} and ${large} µs`)
    },
  }
}

/** Processor time in microseconds, of client and server together: the app runs in this process. */
async function costOf(scene: Scene, headers: Headers, code: Code): Promise<number> {
  const before = process.cpuUsage()
  const response = await scene.send({ path: INVOICE, headers })
  const { user, system } = process.cpuUsage(before)
  expectRefusal(response, code)
  return user + system
}

const bearer = (name: string, text: (size: number) => string, code: Code): Scenario =>
  linear(name, (size) => [['Authorization', text(size)]], code)

/** Headers that strangers may send before anything is proven. */
export const work: readonly Scenario[] = [
  bearer('spaces within a credential', (size) => `Bearer a${' '.repeat(size)}b`, 'malformed_token'),
  bearer('tabs within a credential', (size) => `Bearer a${'\t'.repeat(size)}b`, 'malformed_token'),
  bearer('spaces after the scheme', (size) => `Bearer ${' '.repeat(size)}b c`, 'malformed_token'),
  bearer('spaces instead of a scheme', (size) => `x${' '.repeat(size)}y`, 'missing_token'),
  bearer('commas', (size) => `Bearer a${','.repeat(size)}`, 'malformed_token'),
  bearer('commas and spaces', (size) => `Bearer a${' ,'.repeat(size / 2)} b`, 'malformed_token'),
  bearer('schemes', (size) => 'Bearer '.repeat(size / 7), 'malformed_token'),
  bearer('schemes and commas', (size) => 'Bearer a,'.repeat(size / 9), 'malformed_token'),
  bearer('padding', (size) => `Bearer ${'='.repeat(size)}`, 'malformed_token'),
  bearer('dashes', (size) => `Bearer ${'-'.repeat(size)}`, 'malformed_token'),
  bearer('letters of a scheme', (size) => 'b'.repeat(size), 'missing_token'),
  bearer('quotes of another scheme', (size) => `Digest ${'"a\\"'.repeat(size / 4)}`, 'missing_token'),
  linear(
    'repeated credentials',
    (size) => Array.from({ length: size / 40 }, () => ['Authorization', 'Bearer a'] as const),
    'malformed_token',
  ),
  linear(
    'other headers',
    (size) => Array.from({ length: size / 40 }, (_, i) => [`X-${i}`, 'a'] as const),
    'missing_token',
  ),
  linear('a cookie', (size) => [['Cookie', `a${' '.repeat(size)}=b`]], 'missing_token'),
  linear('a content type', (size) => [['Content-Type', `application/json${' '.repeat(size)};x`]], 'missing_token'),
  linear('forwarded addresses', (size) => [['X-Forwarded-For', '1.1.1.1, '.repeat(size / 9)]], 'missing_token'),
  {
    ...linear(
      'a token in a header of its own',
      (size) => [['X-Capability', `a${' '.repeat(size)}b`]],
      'malformed_token',
    ),
    app: () => ({ options: { tokenFrom: { header: 'X-Capability' } } }),
  },
  {
    ...linear(
      'cookies beside that of the token',
      (size) => [['Cookie', `a="; writ=x${'writ; ,'.repeat(size / 7)}%3D`]],
      'malformed_token',
    ),
    app: () => ({ options: { tokenFrom: { cookie: 'writ' } } }),
  },
]
