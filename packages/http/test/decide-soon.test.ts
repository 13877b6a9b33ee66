import { generateKeyPair, mintCapability } from '@writ/core'
import { expect, test } from 'vitest'
import {
  compileRequirement,
  createGuardEngine,
  type GuardOutcome,
  type HttpGuardOptions,
  type RequestView,
  type Requirement,
} from '../src/index.ts'
import { ANCHOR, invoice, NOW, publicKey, token, view } from './support.ts'

const good = await token()
const stranger = await generateKeyPair()
const forged = await mintCapability(
  { subject: 'mallory', resource: 'invoices', operation: 'read', anchor: ANCHOR, now: () => NOW },
  stranger.privateKey,
)
const later = <T>(value: T): Promise<T> => Promise.resolve(value)

function engineWith(options: Partial<HttpGuardOptions<object>> = {}) {
  return createGuardEngine<object>({ keys: publicKey, anchor: ANCHOR, now: () => NOW, log: false, ...options })
}

function withToken(text: string, options: Partial<RequestView> = {}): RequestView {
  return view({ authorization: [`Bearer ${text}`], ...options })
}

/** What of an outcome a caller can tell apart. */
function told(outcome: GuardOutcome) {
  if (outcome.allowed) return { allowed: true, code: outcome.code, capability: { ...outcome.capability } }
  const { status, code, headers, body } = outcome.refusal
  return { status, code, headers, body, cause: outcome.refusal.error.code }
}

/** What each request is decided to be: the true code of its refusal, or that it is allowed. */
const requests: readonly (readonly [what: string, expected: string, request: RequestView])[] = [
  ['a good token', 'allowed', withToken(good)],
  ['no token', 'missing_token', view()],
  ['two tokens', 'malformed_token', view({ authorization: [`Bearer ${good}`, `Bearer ${good}`] })],
  ['no text of a token', 'malformed_token', withToken('nonsense')],
  ['a token of another key', 'invalid_signature', withToken(forged)],
  ['an expired token', 'expired', withToken(await token({ expiresIn: '1m', now: () => NOW - 3600 }))],
  ['a token of another resource', 'wrong_resource', withToken(await token({ resource: 'orders' }))],
  ['another invoice', 'wrong_designation', withToken(good, { params: { tenantId: 'acme', invoiceId: '8' } })],
  ['an empty param', 'source_empty', withToken(good, { params: { tenantId: 'acme', invoiceId: '' } })],
]

const sources: Readonly<Record<string, Requirement<object>>> = {
  'from params': invoice,
  'from functions': {
    resource: 'invoices',
    designate: { tenantId: ({ params }) => params['tenantId'], invoiceId: ({ params }) => params['invoiceId'] },
  },
}

/** The true code of what is refused, or would be. */
function codeOf(outcome: GuardOutcome): string {
  return outcome.allowed ? (outcome.code ?? 'allowed') : outcome.refusal.error.code
}

for (const mode of ['enforce', 'report'] as const) {
  for (const [source, requirement] of Object.entries(sources)) {
    test.each(requests)(
      `in ${mode} mode, ${source}, the decision about %s at once is the promised one: %s`,
      async (...[, expected, request]) => {
        const engine = engineWith({ mode })
        const compiled = compileRequirement(requirement)
        const now = engine.decideSoon([compiled], { ...request }, {})
        expect(now).not.toBeInstanceOf(Promise)
        expect(codeOf(now as GuardOutcome)).toBe(expected)
        expect(told(now as GuardOutcome)).toEqual(told(await engine.decide([compiled], { ...request }, {})))
      },
    )
  }
}

const waiting: Readonly<Record<string, Partial<HttpGuardOptions<object>>>> = {
  'the key': { keys: () => later(publicKey) },
  'the revocation list': { revocation: { isRevoked: () => later(false) } },
  'the hook': { onDecision: () => later(undefined) },
}

test.each(Object.entries(waiting))(
  'where %s is promised, the decision is a promise, and the same',
  async (_, options) => {
    const outcome = engineWith(options).decideSoon([compileRequirement(invoice)], withToken(good), {})
    expect(outcome).toBeInstanceOf(Promise)
    expect((await outcome).allowed).toBe(true)
  },
)

const failing: Readonly<Record<string, Partial<HttpGuardOptions<object>>>> = {
  'the key': { keys: () => Promise.reject(new Error('down')) },
  'the revocation list': { revocation: { isRevoked: () => Promise.reject(new Error('down')) } },
  'the revocation list, at once,': {
    revocation: {
      isRevoked() {
        throw new Error('down')
      },
    },
  },
  'the hook': { onDecision: () => Promise.reject(new Error('down')) },
  'the hook, at once,': {
    onDecision() {
      throw new Error('down')
    },
  },
}

test.each(Object.entries(failing))('where %s fails, the request is refused as unavailable', async (_, options) => {
  const outcome = await engineWith(options).decideSoon([compileRequirement(invoice)], withToken(good), {})
  expect(outcome.allowed ? 'allowed' : outcome.refusal.code).toBe('unavailable')
})

test('a token that is refused at once is proven once for all decisions about a request', () => {
  let asked = 0
  const isRevoked = () => {
    asked += 1
    return true
  }
  const engine = engineWith({ revocation: { isRevoked } })
  const request = withToken(good)
  const codes = [1, 2].map(() => told(engine.decideSoon([compileRequirement(invoice)], request, {}) as GuardOutcome))
  expect([codes.map(({ code }) => code), asked]).toEqual([['revoked', 'revoked'], 1])
})
