import { describe, expect, it } from 'vitest'
import {
  activate,
  addExposure,
  attenuate,
  attest,
  compactContext,
  completeUse,
  createContextVerifier,
  createIdentityVerifier,
  createVerifier,
  delegateIdentity,
  excludeExposures,
  forkContext,
  inspect,
  mintCapability,
  mintContext,
  mintIdentity,
  presentIdentity,
  seal,
} from '../../../src/index.ts'
import type { Kind } from '../../../src/internal/rules/kind.ts'
import { fact } from '../../support/forge/datalog.ts'
import { appendBlock } from '../../support/forge/forge.ts'
import type { Predicate } from '../../support/forge/model.ts'
import { gateway, gatewayP256, mallory, root, rootP256 } from '../../support/keys.ts'
import { expectRefused, NOW } from '../../support/verify.ts'

const now = () => NOW
const NAME = 'agent:alice'

const CURVES = [
  { curve: 'Ed25519', authority: root, attester: gateway },
  { curve: 'P-256', authority: rootP256, attester: gatewayP256 },
]

/** Everything that a verifier of any kind looks for, as somebody else would state it. */
const FORGED: readonly Predicate[] = [
  fact('right', NAME, 'invoices', 'read'),
  fact('subject', NAME),
  fact('context', NAME),
  fact('actor', NAME),
  fact('activation', NOW),
  fact('designation', 'tenantId', 'acme'),
  fact('designation', 'anchor', 'service:billing'),
  fact('designation', 'facet', 'one'),
  fact('resource', 'invoices'),
  fact('operation', 'read'),
  fact('exposed_label', 'pii'),
]

type Verify = (token: string) => Promise<{ kind: string; subject: string }>

describe.each(CURVES)('the kinds of token, on $curve', ({ authority, attester }) => {
  const keys = authority.publicKey
  const key = authority.privateKey
  const options = { keys, now }

  const minted = {
    capability: () => mintCapability({ subject: NAME, resource: 'invoices', operation: 'read', now }, key),
    identity: () => mintIdentity({ subject: NAME, delegatable: true, now }, key),
    context: () => mintContext({ subject: NAME, now }, key),
  } satisfies Record<Kind, () => Promise<string>>
  const verifiers: Readonly<Record<string, Verify>> = {
    capability: (token) =>
      createVerifier({ ...options, anchor: null }).verify(token, { resource: 'invoices', operation: 'read' }),
    identity: (token) => createIdentityVerifier(options).verify(token),
    context: (token) => createContextVerifier(options).verify(token),
  } satisfies Record<Kind, Verify>
  /** What whoever holds a token can make of it. */
  const blocks: Readonly<Record<string, (token: string) => string>> = {
    'as it was minted': (token) => token,
    "with a holder's forgeries": (token) => appendBlock(token, { facts: [...FORGED] }),
    "with a stranger's forgeries": (token) =>
      appendBlock(token, { facts: [...FORGED] }, { externalKey: mallory.privateKey }),
    "with an attester's forgeries": (token) =>
      appendBlock(token, { facts: [...FORGED] }, { externalKey: attester.privateKey }),
  }

  const pairings = Object.keys(minted).flatMap((kind) => Object.keys(verifiers).map((wanted) => ({ kind, wanted })))
  describe.each(pairings)('a token of kind $kind for a verifier of kind $wanted', ({ kind, wanted }) => {
    it.each(Object.keys(blocks))(`a token of kind ${kind} for a verifier of kind ${wanted}: %s`, async (how) => {
      const token = blocks[how]!(await minted[kind as keyof typeof minted]())
      const verified = verifiers[wanted]!(token)
      if (kind !== wanted) {
        await expectRefused(verified, { code: 'wrong_kind' })
      } else if (kind !== 'capability' && how !== 'as it was minted') {
        // A block that says whom a verifier is to assert, or states what no context does, is refused whole.
        await expectRefused(verified, { code: 'unsupported_block' })
      } else {
        await expect(verified).resolves.toMatchObject({ kind, subject: NAME })
      }
      expect(await inspect(token, keys)).toMatchObject({ kind, subject: NAME })
    })
  })

  const designations = { tenantId: 'acme' }
  const signing = { keys, privateKey: attester.privateKey }
  const operations: readonly (readonly [keyof typeof minted, string, (token: string) => Promise<string>])[] = [
    ['capability', 'attenuate', (token) => attenuate(token, keys, { designations })],
    ['capability', 'attest', (token) => attest(token, signing, { designations })],
    ['capability', 'activate', (token) => activate(token, signing, {})],
    ['capability', 'completeUse', (token) => completeUse(token, signing, { facet: 'one' })],
    ['identity', 'delegateIdentity', (token) => delegateIdentity(token, keys, { identity: `${NAME}:helper`, now })],
    ['identity', 'presentIdentity', (token) => presentIdentity(token, keys, { now })],
    [
      'context',
      'addExposure',
      (token) => addExposure(token, authority.privateKey, { exposures: ['pii'], source: 'crm', now }),
    ],
    ['context', 'forkContext', (token) => forkContext(token, authority.privateKey, { subject: `${NAME}:helper`, now })],
    ['context', 'compactContext', (token) => compactContext(token, authority.privateKey, { now })],
    ['context', 'excludeExposures', (token) => excludeExposures(token, keys, { exposures: ['pii'] })],
  ]
  const mistaken = operations.flatMap(([takes, name, operation]) =>
    (['capability', 'identity', 'context'] as const)
      .filter((kind) => kind !== takes)
      .map((kind) => [name, kind, operation] as const),
  )
  it.each(mistaken)('%s refuses a token of kind %s', async (_name, kind, operation) => {
    const token = await minted[kind]()
    await expectRefused(operation(token), { code: 'wrong_kind' }, token)
  })

  it('every kind of token can be sealed and keeps its kind', async () => {
    for (const [kind, mint] of Object.entries(minted)) {
      const sealed = await seal(await mint(), keys)
      await expect(verifiers[kind]!(sealed)).resolves.toMatchObject({ kind })
    }
  })
})
