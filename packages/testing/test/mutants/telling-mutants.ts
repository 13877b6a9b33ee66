// Refusals say more or less about their route than they should, or a cookie counts where it should not.
import type { HttpGuardOptions, Refusal, RequestView } from '@writ/http'
import { type Mutant, mutant } from './mutant.ts'

const options = (name: string, caughtBy: string, change: (options: HttpGuardOptions) => HttpGuardOptions): Mutant => ({
  name,
  caughtBy,
  sabotage: { options: change },
})

const says = (name: string, caughtBy: string, change: (refusal: Refusal) => Partial<Refusal>): Mutant =>
  mutant(name, caughtBy, () => ({ wording: (refusal) => ({ ...refusal, ...change(refusal) }) }))

const sees = (name: string, caughtBy: string, header: (view: RequestView, name: string) => readonly string[]): Mutant =>
  mutant(name, caughtBy, (parts) => ({
    view(exchange) {
      const view = parts.view(exchange)
      return Object.create(view, { header: { value: (wanted: string) => header(view, wanted) } }) as RequestView
    },
  }))

/** The challenge, changed. */
const challenge = ({ headers }: Refusal, change: (challenge: string) => string) => ({
  headers: { ...headers, 'WWW-Authenticate': change(headers['WWW-Authenticate'] ?? '') },
})

const TELLS =
  'a proven token that is refused learns what the route demands, so that its holder can narrow and try again'
const STRANGERS = 'a token that is not proven, has ended or is not there learns nothing of the route'
const HIDES = 'disclose: false keeps what the route demands from everybody'
const METADATA = 'resourceMetadata is in every challenge, and lets it name the scope to everybody'
const TWICE = 'a cookie of that name that comes twice is refused, in one header or in several'
const WRITES = 'a write by cookie passes if a page of this site or of an allowed origin asks, and is refused otherwise'
const READS = 'a GET by cookie passes whoever asks, but an upgrade must say that this site asks'

export const tellingMutants: readonly Mutant[] = [
  says('does not say what the route demands', TELLS, ({ body }) => ({ body: body.replace(/,"required":.*\}/, '}') })),
  says('says what the route demands without its labels', TELLS, ({ body }) => ({
    body: body.replace(/"designations":\[[^\]]*\]/, '"designations":[]'),
  })),
  says('says what the route demands to strangers', STRANGERS, ({ status, body }) => ({
    body: status === 401 ? body.replace(/\}$/, ',"required":{"resource":"invoices"}}') : body,
  })),
  says('says what the route demands to forgers', STRANGERS, ({ code, body }) => ({
    body: code === 'invalid_signature' ? body.replace(/\}$/, ',"required":{"resource":"invoices"}}') : body,
  })),
  says('says what the route demands to tokens that have ended', STRANGERS, ({ code, body }) => ({
    body: code === 'expired' ? body.replace(/\}$/, ',"required":{"resource":"invoices"}}') : body,
  })),
  says('says the values of an object instead of its labels', TELLS, ({ body, error }) => ({
    body: body.replace('"invoiceId"', `"${error.actual}"`),
  })),
  says(
    'says the first of several requirements',
    'of several requirements the refusal describes the one that got furthest',
    ({ body }) => ({ body: body.replace(/"required":\{"resource":"[^"]*"/, '"required":{"resource":"orders"') }),
  ),
  says('leaves the scope out of its challenge', TELLS, (refusal) =>
    challenge(refusal, (said) => said.replace(/, scope="[^"]*"/, '')),
  ),
  says('names a scope to strangers', STRANGERS, (refusal) =>
    refusal.status === 401 ? challenge(refusal, (said) => `${said}, scope="invoices:read"`) : {},
  ),
  options('ignores disclose', HIDES, ({ disclose: _, ...others }) => others),
  options('never discloses anything', TELLS, (given) => ({ ...given, disclose: false })),
  options('ignores resourceMetadata', METADATA, ({ resourceMetadata: _, ...others }) => others),
  says('leaves resourceMetadata out for strangers', METADATA, (refusal) =>
    refusal.status === 401 ? challenge(refusal, (said) => said.replace(/, resource_metadata="[^"]*"/, '')) : {},
  ),
  sees('keeps the first of two cookies', TWICE, (view, name) =>
    name === 'cookie'
      ? view
          .header(name)
          .map((value) => value.split(/[;,]/)[0] ?? '')
          .slice(0, 1)
      : view.header(name),
  ),
  sees('sees the last Cookie header alone', TWICE, (view, name) =>
    name === 'cookie' ? view.header(name).slice(-1) : view.header(name),
  ),
  sees('keeps the first of two headers that say who asks', WRITES, (view, name) =>
    name === 'sec-fetch-site' ? view.header(name).slice(0, 1) : view.header(name),
  ),
  sees('sees no Origin', WRITES, (view, name) => (name === 'origin' ? [] : view.header(name))),
  sees('sees no Upgrade', READS, (view, name) => (name === 'upgrade' ? [] : view.header(name))),
  options('takes a cookie of any origin', WRITES, (given) =>
    given.tokenFrom && 'cookie' in given.tokenFrom
      ? {
          ...given,
          tokenFrom: { ...given.tokenFrom, allowedOrigins: ['https://app.example', 'https://mallory.example'] },
        }
      : given,
  ),
  mutant('takes every request by cookie for a GET', WRITES, (parts) => ({
    view: (exchange) => Object.create(parts.view(exchange), { method: { value: 'GET' } }) as RequestView,
  })),
]
