import { describe, expect, it } from 'vitest'
import {
  addExposure,
  compactContext,
  createContextVerifier,
  excludeExposures,
  forkContext,
  mintContext,
} from '../../src/index.ts'
import { mallory, root, rootP256, type TestKey } from '../support/keys.ts'
import { mintByReference, type ReferenceBlock, type Statement, sourcesByReference } from '../support/oracle/hessra.ts'
import {
  contextStatements,
  exposureStatements,
  labelsByReference,
  passesAsContext,
  rejectStatement,
} from '../support/oracle/reference-context.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const now = (): number => NOW
const END = NOW + 600
const curves: readonly (readonly [string, TestKey])[] = [
  ['ed25519', root],
  ['secp256r1', rootP256],
]

/** A context of alice's agent that biscuit-wasm alone has made. */
function write(key: TestKey, more: readonly Statement[] = [], ...blocks: readonly ReferenceBlock[]): string {
  return mintByReference(key.privateKey, [...contextStatements('agent:alice', END), ...more], blocks)
}

const crm = exposureStatements('crm', NOW, 'pii', 'secret')
const browser = exposureStatements('browser', NOW, 'web')

const verify = (token: string, key: TestKey, excludes: readonly string[] = []) =>
  createContextVerifier({ keys: key.publicKey, now }).verify(token, { excludes })

describe.each(curves)('a context of the Hessra open core, signed with %s', (_curve, key) => {
  const exposed = () => write(key, crm)

  it('a context of the open core without labels is read', async () => {
    expect(await verify(write(key), key, ['pii'])).toMatchObject({
      kind: 'context',
      subject: 'agent:alice',
      exposures: [],
      sources: [],
      expiresAt: END,
    })
  })

  it('a context of the open core with labels is read', async () => {
    expect(await verify(exposed(), key, ['web'])).toMatchObject({ exposures: ['pii', 'secret'], sources: ['crm'] })
    await expectRefused(verify(exposed(), key, ['secret']), {
      code: 'exposed',
      label: 'secret',
      block: 0,
      check: 2,
    })
  })

  it('labels that the issuer added in a third-party block are read', async () => {
    const token = write(key, crm, { statements: browser, signer: key.privateKey })
    expect(await verify(token, key)).toMatchObject({
      exposures: ['pii', 'secret', 'web'],
      sources: ['crm', 'browser'],
    })
    await expectRefused(verify(token, key, ['web']), {
      code: 'exposed',
      label: 'web',
      block: 1,
      check: 0,
    })
  })

  it('exclusions of a holder and compound exclusions of 2.0 are read', async () => {
    const compound: Statement = ['reject if exposure({first}), exposure({second})', { first: 'a', second: 'b' }]
    const token = write(key, [compound], { statements: [rejectStatement('web')] })
    expect(await verify(token, key, ['a'])).toMatchObject({ exposures: [] })
    await expectRefused(verify(token, key, ['web']), { code: 'exposed', label: 'web', block: 1 })
    await expectRefused(verify(token, key, ['b', 'a']), {
      code: 'exposed',
      label: 'a',
      block: 0,
      check: 1,
    })
  })

  it('a compound label of 3.0 is read', async () => {
    const token = write(key, exposureStatements('crm', NOW, 'pii&secret'))
    await expectRefused(verify(token, key, ['pii&secret']), { code: 'exposed', label: 'pii&secret' })
  })

  it('exposures can be added to a context of the open core', async () => {
    const more = await addExposure(exposed(), key.privateKey, { exposures: ['web'], source: 'browser', now })
    expect(labelsByReference(more, key)).toEqual(expect.arrayContaining(['pii', 'secret', 'web']))
    const fork = await forkContext(more, key.privateKey, { subject: 'agent:alice:worker', now })
    expect(await verify(fork, key)).toMatchObject({
      subject: 'agent:alice:worker',
      exposures: ['pii', 'secret', 'web'],
      sources: ['inherited', 'crm', 'browser'],
      expiresAt: END,
    })
  })

  it.each([
    ['1.x recorded exposure in first-party facts', undefined],
    ['an intermediate version recorded it in facts of the issuer', key.privateKey],
  ])('a context where %s is refused, because no check of it would refuse', async (_name, signer) => {
    const fact: Statement = ['exposure({label})', { label: 'pii' }]
    const token = write(key, [], signer === undefined ? { statements: [fact] } : { statements: [fact], signer })
    await expectRefused(verify(token, key), { code: 'unsupported_block', block: 1 })
    await expectRefused(verify(write(key, [fact]), key), { code: 'unsupported_block', block: 0 })
  })
})

describe.each(curves)('a context that is made here with %s', (_curve, key) => {
  const passes = (token: string, excludes: readonly string[] = [], time = NOW) =>
    passesAsContext(token, key, time, excludes)

  const mint = (exposures: readonly string[] = []) =>
    mintContext({ subject: 'agent:alice', exposures, source: 'crm', expiresIn: 600, now }, key.privateKey)
  const add = (token: string, ...exposures: string[]) =>
    addExposure(token, key.privateKey, { exposures, source: 'browser', now })

  it('our context passes the verifier of the Hessra open core until its end', async () => {
    const token = await mint()
    expect(passes(token, ['pii'])).toBe(true)
    expect(passes(token, ['pii'], END - 1)).toBe(true)
    expect(passes(token, ['pii'], END)).toBe(false)
    expect(labelsByReference(token, key)).toEqual([])
  })

  it('the Hessra open core reads our labels and refuses what they exclude', async () => {
    const minted = await mint(['pii'])
    const added = await add(await add(minted, 'web'), 'secret', 'pii')
    const compacted = await compactContext(added, key.privateKey, { now })
    const forked = await forkContext(added, key.privateKey, { subject: 'agent:alice:worker', now })
    for (const token of [added, compacted, forked]) {
      expect([...labelsByReference(token, key)].sort()).toEqual(['pii', 'secret', 'web'])
      expect(passes(token)).toBe(true)
      expect(passes(token, ['other'])).toBe(true)
      for (const one of ['pii', 'web', 'secret']) expect(passes(token, ['other', one])).toBe(false)
    }
    expect(labelsByReference(minted, key)).toEqual(['pii'])
  })

  it('the Hessra open core refuses what a holder excludes, which is not a label', async () => {
    const narrow = await excludeExposures(await mint(), key.publicKey, { exposures: ['pii'] })
    for (const token of [narrow, await compactContext(narrow, key.privateKey, { now })]) {
      expect(passes(token, ['pii'])).toBe(false)
      expect(passes(token, ['web'])).toBe(true)
      expect(labelsByReference(token, key)).toEqual([])
    }
  })

  it('our context has exactly the statements of the Hessra open core', async () => {
    const token = await add(await mint(['pii', 'secret']), 'web')
    const narrow = await excludeExposures(token, key.publicKey, { exposures: ['a', 'b'] })
    const expected = write(
      key,
      crm,
      { statements: browser, signer: key.privateKey },
      { statements: [rejectStatement('a'), rejectStatement('b')] },
    )
    expect(sourcesByReference(narrow, key.publicKey)).toEqual(sourcesByReference(expected, key.publicKey))
  })
})

it('an exposure that mallory states does not count for the Hessra open core either', async () => {
  for (const signed of [{}, { signer: mallory.privateKey }]) {
    const token = write(root, [], { statements: crm, ...signed })
    expect(labelsByReference(token, root)).toEqual([])
    expect(await verify(token, root)).toMatchObject({ exposures: [] })
  }
})
