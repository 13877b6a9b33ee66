import type { TokenName } from './create-tokens.ts'

/** One request, and the answer that the model promises. */
export interface Step {
  /** What is sent, for people: at most 36 characters. */
  readonly tried: string
  /** The token that is presented. Default: none. */
  readonly token?: TokenName
  /** Method and path. */
  readonly request: string
  /** Revokes this token: its revocation id is the body of the request. */
  readonly revokes?: TokenName
  /** Status, and the code if the request is refused. */
  readonly promise: Answer
  /** Also prints the body of the answer. */
  readonly show?: true
}

export interface Answer {
  readonly status: number
  readonly code?: string | undefined
}

export interface Section {
  readonly title: string
  readonly steps: readonly Step[]
}

/** The whole demo: what is tried, in this order, and what must come of it. */
export const SECTIONS: readonly Section[] = [
  {
    title: 'No token, no invoice. And a token that names no tenant is good for no tenant, not for all of them.',
    steps: [
      { tried: 'the health check, which is public', request: 'GET /healthz', promise: { status: 200 } },
      {
        tried: 'an invoice, without a token',
        request: 'GET /acme/invoices/1001',
        promise: { status: 401, code: 'missing_token' },
      },
      {
        tried: 'the token as it was minted',
        token: 'minted',
        request: 'GET /acme/invoices/1001',
        promise: { status: 403, code: 'undesignated' },
      },
    ],
  },
  {
    title: 'The webapp narrows it, offline, with the public key alone: tenant acme, invoice 1001, at billing.',
    steps: [
      {
        tried: 'the narrowed token',
        token: 'narrowed',
        request: 'GET /acme/invoices/1001',
        promise: { status: 200 },
        show: true,
      },
      {
        tried: 'the same for the tenant globex',
        token: 'narrowed',
        request: 'GET /globex/invoices/1001',
        promise: { status: 403, code: 'wrong_designation' },
      },
      {
        tried: 'the same for another invoice',
        token: 'narrowed',
        request: 'GET /acme/invoices/1002',
        promise: { status: 403, code: 'wrong_designation' },
      },
      {
        tried: 'the same to pay, not to read',
        token: 'narrowed',
        request: 'POST /acme/invoices/1001/pay',
        promise: { status: 403, code: 'wrong_operation' },
      },
      {
        tried: 'one narrowed for another service',
        token: 'narrowedForShipping',
        request: 'GET /acme/invoices/1001',
        promise: { status: 403, code: 'wrong_anchor' },
      },
    ],
  },
  {
    title: 'Whoever holds only the narrowed token cannot widen it, nor forge another: every block is signed.',
    steps: [
      {
        tried: 'one byte flipped: acme is now acmd',
        token: 'flipped',
        request: 'GET /acmd/invoices/1001',
        promise: { status: 403, code: 'invalid_signature' },
      },
      {
        tried: 'the narrowing cut off again',
        token: 'cut',
        request: 'GET /acme/invoices/1001',
        promise: { status: 403, code: 'invalid_signature' },
      },
      {
        tried: 'one that mallory signed herself',
        token: 'forged',
        request: 'GET /acme/invoices/1001',
        promise: { status: 403, code: 'invalid_signature' },
      },
    ],
  },
  {
    title: 'It ends by itself, or at once when the authority says so.',
    steps: [
      {
        tried: 'minted an hour ago, for five minutes',
        token: 'expired',
        request: 'GET /acme/invoices/1001',
        promise: { status: 403, code: 'expired' },
      },
      {
        tried: 'the authority revokes the token',
        token: 'authority',
        request: 'POST /revocations',
        revokes: 'minted',
        promise: { status: 204 },
      },
      {
        tried: 'the narrowed token once more',
        token: 'narrowed',
        request: 'GET /acme/invoices/1001',
        promise: { status: 403, code: 'revoked' },
      },
      {
        tried: 'a token that was minted since',
        token: 'renewed',
        request: 'GET /acme/invoices/1001',
        promise: { status: 200 },
      },
    ],
  },
]
