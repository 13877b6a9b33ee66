import { coversPath } from './covers-path.ts'
import type { Entry } from './list-handlers.ts'

/**
 * Tells of a handler whether one guard, or a declaration that its path is public, stands before it whatever request it gets. One for
 * all of them: several that share out what a pattern matches might leave something between them.
 */
export function createCoverage(entries: readonly Entry[]): (entry: Entry) => boolean {
  const marks = entries.filter(({ description }) => description !== undefined)
  return (entry) => marks.some((mark) => mark.index < entry.index && covers(mark, entry))
}

function covers(mark: Entry, { method, path }: Entry): boolean {
  // HEAD is no method of its own here: Hono answers it by the handlers of GET.
  if (mark.method !== 'ALL' && mark.method !== method) return false
  return mark.path === path || (mark.description !== 'public' && coversPath(mark.path, path))
}
