// QuickJS and QuickJS-ng, where there is nothing but the language.
import { createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openEngine } from 'lock/engine'

const VARIANTS = {
  quickjs: () => import('@jitl/quickjs-wasmfile-release-sync'),
  'quickjs-ng': () => import('@jitl/quickjs-ng-wasmfile-release-sync'),
}
/** Bytes cross the border of an engine as hex. */
const HAND_IN = `
import { setEd25519 } from '@writ/device'
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
setEd25519({
  verify: (...args) => host.verify(...args.map(hex)),
  publicKeyOfSeed: (seed) => Uint8Array.from(host.publicKeyOfSeed(hex(seed)).match(/../g), (byte) => parseInt(byte, 16)),
})`
const REPORT = 'globalThis.report = (outcome) => { globalThis.outcome = outcome }'

/** Runs the cases that verify in each engine, with each entry of the package, and calls `tell(name, outcome)`. */
export async function inQuickJs(tell, suite) {
  for (const [name, variant] of Object.entries(VARIANTS)) {
    tell(`${name}, both curves`, await runIn(variant(), 'full', suite.full))
    tell(`${name}, Ed25519`, await runIn(variant(), 'index', suite.oneCurve))
    tell(`${name}, the host's Ed25519`, await runIn(variant(), 'host', suite.oneCurve))
  }
}

async function runIn(variant, entry, suite) {
  const source = readFileSync(
    fileURLToPath(import.meta.resolve(`@writ/device${entry === 'index' ? '' : `/${entry}`}`)),
    'utf8',
  )
  const modules = new Map([
    ['@writ/device', source],
    ['suite', suite],
  ])
  const engine = await openEngine({ variant, modules, host: entry === 'host' ? nodeEd25519 : {} })
  try {
    engine.evaluate(REPORT)
    if (entry === 'host') engine.evaluate(HAND_IN)
    engine.evaluate('import "suite"')
    return JSON.parse(engine.evaluate('export default globalThis.outcome'))
  } finally {
    engine.close()
  }
}

const PKCS8_PREFIX = '302e020100300506032b657004220420'
const bytesOf = (hex) => Buffer.from(hex, 'hex')
const nodeEd25519 = {
  verify(publicKey, signature, data) {
    const key = { kty: 'OKP', crv: 'Ed25519', x: bytesOf(publicKey).toString('base64url') }
    return verify(null, bytesOf(data), createPublicKey({ key, format: 'jwk' }), bytesOf(signature))
  },
  publicKeyOfSeed(seed) {
    const key = createPrivateKey({ key: bytesOf(PKCS8_PREFIX + seed), format: 'der', type: 'pkcs8' })
    return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x, 'base64url').toString('hex')
  },
}
