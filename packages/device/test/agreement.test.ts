import { readFileSync } from 'node:fs'
import { attenuate, type CapabilityError, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { openEngine } from '../../../apps/lock/src/engine.ts'

const NOW = 1_900_000_000
const LONG = process.env['WRIT_LONG'] === '1'
const REQUEST = { resource: 'doors', operation: 'open', designations: { door: 'front' } }
const { publicKey, privateKey } = await generateKeyPair()
const options = { keys: publicKey, anchor: 'lock:front', now: () => NOW }

const token = await attenuate(
  await mintCapability({ subject: 'alice', resource: 'doors', operation: 'open', now: () => NOW }, privateKey),
  publicKey,
  { designations: { door: 'front' }, anchor: 'lock:front', now: () => NOW },
)

/** What a device makes of a token. */
const PROGRAM = `
import { createVerifier } from '@writ/device'
const options = { keys: ${JSON.stringify(publicKey)}, anchor: 'lock:front', now: () => ${NOW} }
export function codeOf(token) {
  try {
    createVerifier(options).verifySync(token, ${JSON.stringify(REQUEST)})
    return 'accepted'
  } catch (error) {
    return error.code + ' ' + error.message
  }
}`

it('QuickJS and Node say the same of tokens of which bytes were changed, moved, added or cut', async () => {
  const source = readFileSync(new URL('../dist/index.js', import.meta.url), 'utf8')
  const modules = new Map([
    ['@writ/device', source],
    ['program', PROGRAM],
  ])
  const engine = await openEngine({ modules })
  onTestFinished(() => engine.close())
  const onDevice = (changed: string) => engine.call('program', 'codeOf', changed)
  const onNode = (changed: string) =>
    createVerifier(options)
      .verify(changed, REQUEST)
      .then(
        () => 'accepted',
        (error: CapabilityError) => `${error.code} ${error.message}`,
      )
  expect([onDevice(token), await onNode(token)]).toEqual(['accepted', 'accepted'])

  const bytes = [...Buffer.from(token, 'base64url')]
  const place = fc.nat({ max: bytes.length - 1 })
  const changed = fc.oneof(
    fc.tuple(place, fc.nat({ max: 255 })).map(([at, byte]) => bytes.with(at, byte)),
    fc.tuple(place, place).map(([at, to]) => bytes.with(at, bytes[to] ?? 0).with(to, bytes[at] ?? 0)),
    fc.tuple(place, fc.nat({ max: 255 })).map(([at, byte]) => bytes.toSpliced(at, 0, byte)),
    fc.tuple(place, fc.nat({ max: 8 })).map(([at, count]) => bytes.toSpliced(at, count)),
    fc.array(fc.nat({ max: 255 }), { maxLength: 200 }),
  )
  await fc.assert(
    fc.asyncProperty(changed, async (some) => {
      const text = Buffer.from(some).toString('base64url')
      expect(onDevice(text)).toBe(await onNode(text))
    }),
    { numRuns: LONG ? 10_000 : 200 },
  )
}, 600_000)
