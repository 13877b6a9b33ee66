import type { CapabilityErrorCode } from '@writ/core/verify'

/** What an operator should know about a code. Markdown; never sent to a caller. */
export interface Advice {
  /** When the code occurs. */
  readonly when: string
  /** What to do about it. */
  readonly advice: string
  /** What a caller sees, if that is not always the code itself. */
  readonly caller?: string
}

/**
 * What an operator should know about each code. `docs/errors.md` is made from it.
 *
 * @example
 * ```ts
 * import { ADVICE } from '@writ/http'
 *
 * console.log(ADVICE.expired.advice) // The client should renew the token. ...
 * ```
 */
export const ADVICE: Readonly<Record<CapabilityErrorCode, Advice>> = /* @__PURE__ */ Object.freeze({
  missing_token: {
    when:
      'The request has no `Authorization` header, another scheme than `Bearer`, or `Bearer` without a token; or there is ' +
      'none where `tokenFrom` says.',
    advice: 'The service needs no change. The client must present a capability.',
  },
  malformed_token: {
    when: 'The token is not strictly encoded, or the request holds more than one credential.',
    advice:
      'Look at what sends the request: a truncated header, the wrong base64 alphabet, or two `Authorization` headers.',
  },
  untrusted_key: {
    when: "The token names a root key id that this verifier does not know. Or it names none, and there is no `'default'` key.",
    advice:
      'Check the key rotation: does this verifier hold the new key? An id that a `keys` function does not know is not ' +
      'asked for again for one second.',
    caller: '`invalid_signature`',
  },
  invalid_signature: {
    when: 'A signature does not verify, or the proof of the last holder does not. `block` says where.',
    advice:
      'Either this service has the public key of another authority, or somebody cut or changed the token. `writ inspect` ' +
      'shows whether a key fits a token.',
  },
  limits_exceeded: {
    when: 'The token is larger than a limit, or evaluating it takes more steps than allowed. `label` is the limit.',
    advice: 'The token may be hostile. If it is one of yours, raise that limit in the option `limits`.',
    caller: '`malformed_token`, until every signature is proven',
  },
  unsupported_block: {
    when:
      'A block holds statements outside of the supported profile. Examples: the authority block has no literal expiry; ' +
      'a `reject if` is about facts that verifiers never assert; a context is older than 2.0, or cannot be rewritten ' +
      'without losing a check; an identity has a check about names in a form that is never minted, or a name that ' +
      'cannot be minted.',
    advice: 'Find out who minted the token or appended that block.',
  },
  wrong_kind: {
    when:
      'A capability is required, and the token is an identity, a context, or grants no right. Or an identity or a ' +
      'context is required, and the token is something else. `expected` is the kind of the token, `actual` the kind ' +
      'that is required.',
    advice: 'The client sends the wrong token.',
  },
  expired: {
    when: 'The time, less the clock tolerance, is at or past the end of the token.',
    advice: 'The client should renew the token. If it has just done so, compare the clocks.',
  },
  revoked: {
    when: 'The revocation list has one of its revocation ids.',
    advice: 'Nothing. This is working as intended.',
  },
  wrong_resource: {
    when: 'The token grants a right to another resource.',
    advice: 'The client uses the wrong capability.',
  },
  wrong_operation: {
    when: 'The token grants a right to another operation.',
    advice: 'The client uses the wrong capability.',
  },
  wrong_subject: {
    when:
      'The route requires another subject; an older token demands its subject and the route requires none; a context ' +
      'belongs to somebody else; or the bearer of an identity may not speak as that name. For an identity, `block`, ' +
      '`expected` and `actual` say why. Where the depth is limited, the last two are numbers of name segments.',
    advice: 'See `subject` of the requirement. For an identity, ask who delegated it.',
  },
  wrong_designation: {
    when: 'The token is narrowed to another object. `label`, `expected` and `actual` say which.',
    advice: "A wrong id in the URL, or an attempt to reach another tenant's data.",
  },
  missing_designation: {
    when:
      'The token demands a designation that the route does not supply, such as a token for one invoice at the route ' +
      'that lists all invoices.',
    advice: 'Designate that label on the route, or narrow the token less.',
  },
  source_empty: {
    when:
      'The request leaves empty what the route reads a designation from, or gives it several values: a query parameter, ' +
      'a header, a member of the body, a param, or what a function finds. `label` says which.',
    advice: 'The client must send it, once. `hint` of the decision says what is missing.',
  },
  source_missing: {
    when:
      'The route reads a designation from where no request can supply it: a param that its path does not have, or a ' +
      'body that nothing has parsed. `label` says which.',
    advice:
      '`hint` of the decision says what to change. In Express: `express.json()` goes before the guard; a mounted router ' +
      'needs `mergeParams: true`; a wildcard has several values and needs a function, such as ' +
      "`(_, req) => req.params.path.join('/')`.",
  },
  undesignated: {
    when: 'The request names an object that no check of the token binds.',
    advice:
      'The client forgot to narrow the token. If this service has an anchor, the client must name that too. Where a ' +
      "token may be good for all objects, list their label: `allowUndesignated: ['invoiceId']`. `true` is for " +
      'administrators.',
  },
  wrong_anchor: {
    when: 'The token is for another service. Or it is for no service in particular, and this one requires its anchor.',
    advice:
      'The client anchors the token to the wrong name, or sends an identity itself instead of a copy made with ' +
      '`presentIdentity`. Or the token was stolen from another service.',
  },
  not_activated: {
    when: 'The capability is latent, and the block of its activator is missing. `expected` is the key of the activator.',
    advice: 'Activate the capability before it is presented.',
  },
  already_used: {
    when:
      'The capability is for a single use, and the ledger does not hold it any more; or its activator has not completed ' +
      'the use.',
    advice: 'A replay, or a retry after success.',
  },
  exposed: {
    when:
      'The context was exposed to a label that this operation excludes, or that its own holder excludes. `label` says ' +
      'which.',
    advice: 'Working as intended. A session that is opened after this one has ended has seen nothing.',
  },
  check_failed: {
    when:
      'Any other check is not satisfied, or an expression fails. This is also the code for a sign-off (`namespace`) ' +
      'that its key has not given: `expected` is the key.',
    advice: '`block` and `check` say which check it is.',
  },
  cross_site: {
    when:
      'The token is in a cookie, and nothing says that a page of this site sent the request: it is not a `GET`, `HEAD` or ' +
      '`OPTIONS`, or it opens a WebSocket.',
    advice:
      'Add the origin of the page to `tokenFrom.allowedOrigins`; for WebSockets also that of your own pages. Clients that ' +
      'are not browsers should send the token in a header.',
  },
  unguarded: {
    when: 'A request reached a route that no guard covers.',
    advice: 'Guard the route, or declare it public.',
  },
  unavailable: {
    when:
      'A key resolver, a designation function, a revocation list, a ledger, the clock or a hook failed, or answered ' +
      'something that is not an answer.',
    advice: '`cause` says what failed. The request was not let through.',
  },
})
