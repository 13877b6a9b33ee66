import type { TestIssuer } from './start-issuer.ts'

export const NOW = 1_800_000_000
export const AUDIENCE = 'https://authority.example'

/** Jobs of the owner 1234 deploy from one branch, and from another become what their environment is called. */
export const policyOf = ({ url }: TestIssuer, more = ''): string => `
[[objects]]
id = "ci:acme:deploy"
identity = { ttl = 300 }
[[objects]]
id = "ci:acme:env"
subordinates = "inherit"
[[issuers]]
id = "jobs"
issuer = "${url}"
audience = "${AUDIENCE}"
owner_claims = ["repository_owner_id"]
[[exchange_rules]]
issuer = "jobs"
match = { repository_owner_id = "1234", ref = "refs/heads/main" }
subject = "ci:acme:deploy"
[[exchange_rules]]
issuer = "jobs"
match = { repository_owner_id = "1234", ref = "refs/heads/next" }
claims = ["environment"]
subject = "ci:acme:env:{environment}"
${more}`

/** What a job of acme says. */
export const claimsOf = ({ url }: TestIssuer, more: object = {}): Record<string, unknown> => ({
  iss: url,
  aud: AUDIENCE,
  sub: 'repo:acme/app:ref:refs/heads/main',
  jti: crypto.randomUUID(),
  iat: NOW - 1,
  nbf: NOW - 1,
  exp: NOW + 300,
  repository_owner_id: '1234',
  ref: 'refs/heads/main',
  event_name: 'push',
  ...more,
})

export const REFUSED = { name: 'AuthorityError', code: 'refused_credential', status: 401, details: {} }
