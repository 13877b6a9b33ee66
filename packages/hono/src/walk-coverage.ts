import { TrieRouter } from 'hono/router/trie-router'
import { patternsOf, samplesOf } from './walk-paths.ts'
import type { Entry } from './walk-routes.ts'

/**
 * Tells of a handler whether one guard, or a declaration that its path is public, stands before it whatever request it gets. The
 * guards are in a router of their own: asking that of the app would close it for further routes.
 */
export function createCoverage(entries: readonly Entry[]): (entry: Entry) => boolean {
  const marks = entries.filter(({ description }) => description !== undefined)
  const router = new TrieRouter<Entry>()
  for (const mark of marks) {
    if (mark.description === 'public') continue
    for (const pattern of patternsOf(mark.path)) router.add(mark.method, pattern, mark)
  }
  return (entry) => {
    const before = (mark: Entry) => mark.index < entry.index
    const same = ({ method, path }: Entry) => path === entry.path && [entry.method, 'ALL'].includes(method)
    if (marks.some((mark) => before(mark) && same(mark))) return true
    const [first = [], ...others] = samplesOf(entry.path).map((sample) =>
      router.match(entry.method, sample)[0].map(([mark]) => mark),
    )
    // One guard for all of them: several that share them out might leave something between them.
    return first.some((mark) => before(mark) && others.every((found) => found.includes(mark)))
  }
}
