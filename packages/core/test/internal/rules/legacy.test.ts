import { describe, expect, it } from 'vitest'
import {
  addExposure,
  attenuate,
  compactContext,
  createContextVerifier,
  createVerifier,
  excludeExposures,
  forkContext,
  inspect,
  seal,
} from '../../../src/index.ts'
import { gateway, gatewayP256, mallory, root } from '../../support/keys.ts'
import { mintByReference, type ReferenceBlock, type Statement } from '../../support/oracle/hessra.ts'
import { contextStatements } from '../../support/oracle/reference-context.ts'
import { expectRefused, NOW, READ_INVOICES, verify } from '../../support/verify.ts'

// Tokens of older Hessra cores, statement for statement, made by biscuit-wasm alone.

const now = (): number => NOW
const END = NOW + 600

/** What hessra-context-token 1.0.0 records of a label: in a block of whoever holds the context. */
const taint: readonly Statement[] = [
  ['taint({label})', { label: 'PII:SSN' }],
  ['taint_source({source})', { source: 'crm' }],
  ['taint_time({now})', { now: NOW }],
]

const context = (more: readonly Statement[], ...blocks: readonly ReferenceBlock[]): string =>
  mintByReference(root.privateKey, [...contextStatements('agent:alice', END), ...more], blocks)

const exposed = { exposures: ['web'], source: 'browser', now }
const USES: readonly (readonly [string, (token: string) => Promise<unknown>])[] = [
  ['createContextVerifier', (token) => createContextVerifier({ keys: root.publicKey, now }).verify(token)],
  [
    'createContextVerifier with excludes',
    (token) => createContextVerifier({ keys: root.publicKey, now }).verify(token, { excludes: ['PII:SSN'] }),
  ],
  ['addExposure', (token) => addExposure(token, root.privateKey, exposed)],
  ['excludeExposures', (token) => excludeExposures(token, root.publicKey, { exposures: ['web'] })],
  ['compactContext', (token) => compactContext(token, root.privateKey, { now })],
  ['forkContext', (token) => forkContext(token, root.privateKey, { subject: 'agent:alice:worker', now })],
]

describe.each(USES)('a context with a fact that this reader does not know is refused by %s', (_name, use) => {
  const refusedAt = async (block: number, token: string) =>
    await expectRefused(use(token), { code: 'unsupported_block', block })

  it('exposure as 1.0.0 records it, in keyless blocks, is refused', async () => {
    await refusedAt(1, context([], { statements: taint }))
    await refusedAt(2, context([], { statements: [] }, { statements: taint }))
  })

  it('each of the three exposure facts of 1.0.0 is refused', async () => {
    for (const statement of taint) {
      await refusedAt(1, context([], { statements: [statement] }))
      await refusedAt(0, context([statement]))
    }
  })

  it('an unknown fact of a context is refused in the block of any signer', async () => {
    for (const signer of [root, mallory])
      await refusedAt(1, context([], { statements: taint, signer: signer.privateKey }))
  })

  it.each<[string, Statement]>([
    ['that a later version may have', ['exposed_until({time})', { time: END }]],
    ['of two terms', ['exposed_label({label}, {source})', { label: 'pii', source: 'crm' }]],
    ['that is named like a method of objects', ['constructor({label})', { label: 'pii' }]],
  ])('a context fact %s is refused', async (_what, statement) => {
    await refusedAt(0, context([statement]))
    await refusedAt(1, context([], { statements: [statement] }))
    await refusedAt(1, context([], { statements: [statement], signer: root.privateKey }))
  })

  it('an exposure source that is not a string is refused', async () => {
    await refusedAt(0, context([['exposure_source({source})', { source: 7 }]]))
  })
})

/** The plain authority block of older and current capabilities. */
const RIGHT = { subject: 'alice', resource: 'invoices', operation: 'read' }
const plain: readonly Statement[] = [
  ['right({subject}, {resource}, {operation})', RIGHT],
  ['check if subject($sub), resource($res), operation($op), right($sub, $res, $op)'],
  ['check if time($time), $time < {expiration}', { expiration: END }],
]
const pinned = { ...READ_INVOICES, subject: 'alice' }

describe('a service-chain token of older cores', () => {
  const node = (component: string, key: string): Statement => [
    'node($s, {component}) <- service($s) trusting {key}',
    { component },
    key,
  ]
  const chain = mintByReference(root.privateKey, [
    ...plain,
    node('edge', gateway.publicKey),
    node('orders', gatewayP256.publicKey),
  ])

  it('inspect shows the nodes of a service-chain token in order', async () => {
    const shown = {
      kind: 'capability',
      ...RIGHT,
      expiresAt: END,
      serviceChain: [
        { component: 'edge', publicKey: gateway.publicKey },
        { component: 'orders', publicKey: gatewayP256.publicKey },
      ],
    }
    expect(await inspect(chain)).toMatchObject({ ...shown, verified: false })
    expect(await inspect(chain, root.publicKey)).toMatchObject({ ...shown, verified: true })
    await expectRefused(inspect(chain, mallory.publicKey), { code: 'invalid_signature' }, chain)
  })

  it('no verifier accepts a service-chain token, and nothing can be appended to it', async () => {
    const attested: ReferenceBlock[] = [
      { statements: [['service({name})', { name: 'invoices' }]], signer: gateway.privateKey },
      { statements: [['service({name})', { name: 'invoices' }]], signer: gatewayP256.privateKey },
    ]
    const whole = mintByReference(
      root.privateKey,
      [...plain, node('edge', gateway.publicKey), node('orders', gatewayP256.publicKey)],
      attested,
    )
    for (const token of [chain, whole]) {
      await expectRefused(verify(token, pinned), { code: 'unsupported_block' })
      await expectRefused(createVerifier({ keys: root.publicKey, anchor: null, now }).prove(token), {
        code: 'unsupported_block',
      })
      await expectRefused(
        attenuate(token, root.publicKey, { anchor: 'service:billing' }),
        { code: 'unsupported_block' },
        token,
      )
      await expectRefused(seal(token, root.publicKey), { code: 'unsupported_block' }, token)
    }
    expect(await inspect(whole, root.publicKey)).toMatchObject({ blocks: 3, attesters: [{ block: 1 }, { block: 2 }] })
  })

  it.each<[string, Statement]>([
    ['that trusts nobody', ['node($s, {component}) <- service($s)', { component: 'edge' }]],
    ['whose component is a variable', ['node($s, $s) <- service($s) trusting {key}', {}, gateway.publicKey]],
    ['with an expression', ['node($s, "edge") <- service($s), $s != "a" trusting {key}', {}, gateway.publicKey]],
    ['with a second scope', ['node($s, "edge") <- service($s) trusting {key}, previous', {}, gateway.publicKey]],
    ['of another name', ['right($s, "edge", "read") <- service($s) trusting {key}', {}, gateway.publicKey]],
    ['over something else', ['node($s, "edge") <- subject($s) trusting {key}', {}, gateway.publicKey]],
  ])('inspect refuses a service-chain rule %s', async (_what, rule) => {
    const token = mintByReference(root.privateKey, [...plain, rule])
    await expectRefused(inspect(token), { code: 'unsupported_block' })
    await expectRefused(inspect(token, root.publicKey), { code: 'unsupported_block' }, token)
  })

  it('inspect refuses a rule in a later block', async () => {
    const token = mintByReference(root.privateKey, plain, [{ statements: [node('edge', gateway.publicKey)] }])
    await expectRefused(inspect(token), { code: 'unsupported_block', block: 1 })
  })

  it('inspect shows no service chain for any other token', async () => {
    expect(await inspect(mintByReference(root.privateKey, plain))).toMatchObject({ serviceChain: [] })
  })
})

describe('a multi-party token of older cores that nobody has signed off', () => {
  const signOff: Statement = [
    'check if namespace({component}) trusting {key}',
    { component: 'billing' },
    gateway.publicKey,
  ]
  const token = mintByReference(root.privateKey, [...plain, signOff])

  it.each([undefined, 'billing', 'orders'])(
    'a multi-party token without a sign-off has one code where the verifier has the namespace %s',
    async (namespace) => {
      await expectRefused(verify(token, pinned, { namespace }), {
        code: 'check_failed',
        block: 0,
        check: 2,
        expected: gateway.publicKey,
      })
    },
  )

  it.each([undefined, 'billing', 'orders'])(
    'a multi-party token that is signed off is read by a verifier of the namespace %s',
    async (namespace) => {
      const word: Statement = ['namespace({component})', { component: 'billing' }]
      const signed = mintByReference(
        root.privateKey,
        [...plain, signOff],
        [{ statements: [word], signer: gateway.privateKey }],
      )
      await expect(verify(signed, pinned, { namespace })).resolves.toMatchObject(RIGHT)
      const forged = mintByReference(
        root.privateKey,
        [...plain, signOff],
        [{ statements: [word], signer: mallory.privateKey }],
      )
      await expectRefused(verify(forged, pinned, { namespace }), { code: 'check_failed' })
    },
  )
})
