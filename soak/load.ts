// Verifications while other processes want the same cores: work is counted, never timed, so that not one is refused.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { attenuate, createVerifier, generateKeyPair, mintCapability } from '../packages/core/src/index.ts'
import { fail, failOnStrays, readNumbers, untilDone } from './support/options.ts'

const AT_A_TIME = 20
// Writing goes through the library whose own limits are a clock.
const WRITE_EVERY = 50

failOnStrays()
const { count, minutes, loops } = readNumbers({ count: 100_000, minutes: undefined, loops: 3 })
const isDone = untilDone(count, minutes)
const busy = Array.from({ length: loops }, () =>
  fork(fileURLToPath(new URL('support/busy-process.ts', import.meta.url)), { execArgv: [] }),
)
// Also when this run fails; and they must not keep it alive.
const stop = (): void => {
  for (const child of busy) child.kill('SIGKILL')
}
process.on('exit', stop)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const { publicKey, privateKey } = await generateKeyPair()
const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
const designations = { tenantId: 'acme' }
const request = { ...right, designations }
const verifier = createVerifier({ keys: publicKey, anchor: null })

const one = await mintCapability({ ...right, designations, expiresIn: '7d' }, privateKey)
let four = await mintCapability({ ...right, expiresIn: '7d' }, privateKey)
for (const expiresIn of ['6d', '5d', '4d']) four = await attenuate(four, publicKey, { designations, expiresIn })
const tokens = [one, four]

const start = performance.now()
let verified = 0
let written = 0
let slowest = 0
while (!isDone(verified)) {
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: AT_A_TIME }, (_, index) =>
      verifier
        .verify(tokens[index % tokens.length] as string, request)
        .catch((error: unknown) =>
          fail('a valid token is refused under load', { after: verified, error: String(error) }),
        ),
    ),
  )
  slowest = Math.max(slowest, performance.now() - begun)
  verified += AT_A_TIME
  if (verified % (WRITE_EVERY * AT_A_TIME) === 0) {
    const fresh = await attenuate(await mintCapability(right, privateKey), publicKey, { designations })
    await verifier.verify(fresh, request)
    written++
  }
}
stop()
const seconds = (performance.now() - start) / 1000
console.log(
  `${verified} verifications beside ${loops} busy processes, ${written} tokens minted and attenuated; none refused`,
)
console.log(
  `  ${(verified / seconds).toFixed(0)} a second; the slowest ${AT_A_TIME} together took ${slowest.toFixed(0)} ms`,
)
