/** Issuers from which everybody gets assertions, and the claims of theirs that nobody can take over from its owner. */
const SHARED_ISSUERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['token.actions.githubusercontent.com', ['repository_owner_id', 'repository_id', 'enterprise_id']],
  ['gitlab.com', ['namespace_id', 'project_id']],
  ['agent.buildkite.com', ['organization_id']],
])

/** The owner claims of an issuer that is known to be shared, by its host; `undefined` for any other. */
export function ownerClaimsOf(issuer: string): readonly string[] | undefined {
  return URL.canParse(issuer) ? SHARED_ISSUERS.get(new URL(issuer).hostname) : undefined
}
