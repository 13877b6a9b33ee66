/** How the claims of CI issuers say that somebody who may be a stranger has proposed the code that runs. */
const SIGNS: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['event_name', (value) => value.includes('pull_request')],
  ['pipeline_source', (value) => value.includes('merge_request') || value.includes('pull_request')],
  ['ref', (value) => value.startsWith('refs/pull/') || value.startsWith('refs/merge-requests/')],
])

/** The claims that say so; `undefined` if one of them is no text, so that nobody can tell. */
export function signsOfPullRequest(claims: ReadonlyMap<string, unknown>): readonly string[] | undefined {
  const found: string[] = []
  for (const [name, isSign] of SIGNS) {
    const value = claims.get(name)
    if (value === undefined) continue
    if (typeof value !== 'string') return undefined
    if (isSign(value)) found.push(name)
  }
  return found
}

/** Whether a rule names pull requests. */
export function namesPullRequest(match: ReadonlyMap<string, readonly string[]>): boolean {
  return [...SIGNS].some(([name, isSign]) => match.get(name)?.some(isSign))
}
