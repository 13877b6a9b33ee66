import { findSecrets } from '../find-secrets.ts'

/** What Writ's variables say that is no secret: where the authority is, and the key that its tokens are held to. */
const PUBLIC = new Set(['WRIT_AUTHORITY_URL', 'WRIT_PUBLIC_KEY'])
/** With these, a step of GitHub Actions gets an assertion, and with that the identity of the whole run. */
const ASSERTIONS = new Set(['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL'])

/** An environment without what could identify somebody else than the job. */
export function withoutOthers(base: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(base).filter((entry): entry is [string, string] => {
      const [name, value] = entry
      if (value === undefined) return false
      // Windows does not tell upper from lower case.
      const upper = name.toUpperCase()
      if (upper.startsWith('WRIT_')) return PUBLIC.has(upper) && !holdsSecret(value)
      return !ASSERTIONS.has(upper) && !holdsSecret(value)
    }),
  )
}

/** An assertion of somebody else is not Writ's to take away: it may be what the job works with. */
function holdsSecret(value: string): boolean {
  return findSecrets(value).some(({ kind }) => kind !== 'assertion')
}
