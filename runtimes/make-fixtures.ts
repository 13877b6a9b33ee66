// Writes `fixtures.json`: tokens made by neither the code under test nor the runtime under test, so that a runtime that is wrong in
// the same way when it signs and when it verifies is caught. ECDSA is randomized: each run writes other tokens of the same kind.
// usage: node runtimes/make-fixtures.ts
import { writeFileSync } from 'node:fs'
import { privateKeyFrom, withS } from '../packages/core/test/support/forge/crypto.ts'
import {
  activationCheck,
  binary,
  capabilityBlock,
  checkIf,
  designationCheck,
  fact,
  lazy,
  pred,
  set,
  timeCheck,
  unary,
} from '../packages/core/test/support/forge/datalog.ts'
import { readToken, writeToken } from '../packages/core/test/support/forge/envelope.ts'
import { appendBlock, forge, forgeEnvelope, sealToken } from '../packages/core/test/support/forge/forge.ts'
import type { BlockSpec, TokenSpec } from '../packages/core/test/support/forge/model.ts'
import { signWithNeutralR } from '../packages/core/test/support/forge/small-order.ts'
import {
  activator,
  gateway,
  gatewayP256,
  mallory,
  malloryP256,
  root,
  rootP256,
  SIGNATURE_UNDER_IDENTITY,
  SMALL_ORDER_POINTS,
  type TestKey,
} from '../packages/core/test/support/keys.ts'
import { AWKWARD_STRINGS } from './awkward-strings.ts'

/** The year 2100. */
const expiration = 4_102_444_800
const authority = capabilityBlock({ expiration })
const narrowing: BlockSpec = {
  checks: [designationCheck('tenantId', 'acme'), designationCheck('anchor', 'service:billing')],
}

const token = (spec: Partial<TokenSpec> = {}): string => forge({ root: root.privateKey, authority, ...spec })
const appended = (block: BlockSpec): string => token({ blocks: [block] })
const narrow = (key: TestKey): string => token({ root: key.privateKey, blocks: [narrowing] })

function cut(text: string): string {
  return writeToken({ ...readToken(text), blocks: [] })
}

/** Says that a third party must name the tenant, and that it did. */
function attested(key: TestKey, signedBy: TestKey = key): string {
  const demand = capabilityBlock({
    expiration,
    checks: [designationCheck('tenantId', 'acme'), designationCheck('tenantId', 'acme', { key: key.publicKey })],
  })
  const word: BlockSpec = {
    facts: [fact('designation', 'tenantId', 'acme')],
    signing: { external: signedBy.privateKey, externalKey: key.publicKey },
  }
  return token({ authority: demand, blocks: [word] })
}

function latent(blocks: readonly BlockSpec[]): string {
  return token({
    authority: capabilityBlock({ expiration, checks: [activationCheck(activator.publicKey)] }),
    blocks,
  })
}

/** One token in the two encodings that its P-256 signature has. */
function twins(): { low: string; high: string } {
  const envelope = forgeEnvelope({ root: rootP256.privateKey, authority })
  const encoded = (s: 'low' | 'high'): string =>
    writeToken({ ...envelope, authority: { ...envelope.authority, signature: withS(envelope.authority.signature, s) } })
  return { low: encoded('low'), high: encoded('high') }
}

/** Signs with the neutral element for R, which every holder of a key can do and about which platforms disagree. */
const neutralR = (key: string) => (data: Uint8Array) => signWithNeutralR(key, data)

const holderKey = privateKeyFrom('second block')

/** The same signature with S + L for S, which verifies as well unless it is checked to be reduced (RFC 8032 section 5.1.7). */
function unreducedSignature(): string {
  const envelope = readToken(token())
  const signature = Uint8Array.from(envelope.authority.signature)
  let carry = 0
  for (const [index, byte] of ORDER_OF_ED25519.entries()) {
    const sum = (signature[32 + index] ?? 0) + byte + carry
    signature[32 + index] = sum & 0xff
    carry = sum >> 8
  }
  return writeToken({ ...envelope, authority: { ...envelope.authority, signature } })
}

// 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 section 5.1).
const ORDER_OF_ED25519 = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex')

const ed25519 = (hex: string) => ({ algorithm: 0, key: Uint8Array.from(Buffer.from(hex, 'hex')) })
const identity = ed25519(SMALL_ORDER_POINTS[0] ?? '')
/** y = 2, which no point of the curve has. */
const noPoint = ed25519(`02${'00'.repeat(31)}`)
const weak = { signature: SIGNATURE_UNDER_IDENTITY }
const p256Twins = twins()

const tokens = {
  ed25519: token(),
  secp256r1: token({ root: rootP256.privateKey }),
  ed25519Narrow: narrow(root),
  secp256r1Narrow: narrow(rootP256),
  ed25519Sealed: sealToken(narrow(root)),
  secp256r1Sealed: sealToken(narrow(rootP256)),
  ed25519ThirdParty: attested(gateway),
  secp256r1ThirdParty: attested(gatewayP256),
  activated: latent([{ facts: [fact('activation', 'alice')], signing: { external: activator.privateKey } }]),
  mixedCurves: token({
    authority: { ...authority, signing: { nextKey: privateKeyFrom('second block', 'secp256r1') } },
    blocks: [{ ...narrowing, signing: { nextKey: privateKeyFrom('third block') } }, { facts: [fact('hop', 2)] }],
  }),
  rootKeyId: token({ rootKeyId: 4_294_967_295 }),
  strings: token({
    authority: capabilityBlock({ expiration, subject: AWKWARD_STRINGS.join('') }),
    blocks: [{ checks: AWKWARD_STRINGS.map((text, index) => designationCheck(`label${index}`, text)) }],
  }),
  longString: token({ authority: capabilityBlock({ expiration, subject: 'x'.repeat(10_000) }) }),
  expressions: appended({
    checks: [
      checkIf(binary(unary('length', 'grüße 🎉'), 'strictEqual', 12)),
      checkIf(binary(binary('gr', 'add', 'üße'), 'startsWith', 'grü')),
      checkIf(binary(binary(2n ** 63n - 1n, 'sub', 1), 'greaterThan', -(2n ** 63n))),
      checkIf(binary(binary(-7, 'div', 2), 'strictEqual', -3)),
      checkIf(binary(set('read', 'write'), 'contains', 'read')),
      checkIf(lazy(false, 'lazyOr', binary(1, 'notEqual', 'one'))),
    ],
  }),
  secp256r1Low: p256Twins.low,
  secp256r1High: p256Twins.high,

  cut: cut(narrow(root)),
  cutSecp256r1: cut(narrow(rootP256)),
  cutSeal: cut(sealToken(narrow(root))),
  otherThirdParty: attested(gateway, mallory),
  otherThirdPartySecp256r1: attested(gatewayP256, malloryP256),
  unreducedSignature: unreducedSignature(),
  weakSignature: token({ authority: { ...authority, signing: weak } }),
  weakNextKey: token({
    authority: { ...authority, signing: { publishedNextKey: identity } },
    blocks: [{ ...narrowing, signing: weak }],
  }),
  weakThirdParty: appended({
    facts: [fact('hop', 1)],
    signing: { external: gateway.privateKey, externalKey: identity, externalSignature: SIGNATURE_UNDER_IDENTITY },
  }),
  noPointAsNextKey: token({
    authority: { ...authority, signing: { publishedNextKey: noPoint } },
    blocks: [{ ...narrowing, signing: weak }],
  }),
  neutralRAuthority: token({ authority: { ...authority, signing: { signature: neutralR(root.privateKey) } } }),
  neutralRHolder: token({
    authority: { ...authority, signing: { nextKey: holderKey } },
    blocks: [{ ...narrowing, signing: { signature: neutralR(holderKey) } }],
  }),
  neutralRThirdParty: appended({
    facts: [fact('hop', 1)],
    signing: { external: gateway.privateKey, externalSignature: neutralR(gateway.privateKey) },
  }),
  neutralRSeal: sealToken(token(), signWithNeutralR),
  trap: appendBlock(token(), { facts: [fact('evil', { symbol: 2n ** 60n })] }),
  identityToken: token({ authority: { facts: [fact('subject', 'alice')], checks: [timeCheck(expiration)] } }),
  endless: token({ authority: { facts: [fact('right', 'alice', 'invoices', 'read')] } }),
  pattern: appended({ checks: [checkIf(binary('invoices', 'matches', '^inv'))] }),
  approval: appended({ checks: [checkIf(pred('approved', true))] }),
  overflow: appended({ checks: [checkIf(binary(binary(2n ** 63n - 1n, 'add', 1), 'greaterThan', 0))] }),
  latent: latent([]),
  pinned: appended({ checks: [designationCheck('facet', '6f1d')] }),
}

const keys = {
  ed25519: root.publicKey,
  secp256r1: rootP256.publicKey,
  noPoint: `ed25519/${Buffer.from(noPoint.key).toString('hex')}`,
}

writeFileSync(new URL('fixtures.json', import.meta.url), `${JSON.stringify({ keys, tokens }, undefined, 2)}\n`)
