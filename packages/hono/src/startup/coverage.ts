import type { Entry } from './list-handlers.ts'
import { coversPath } from './paths.ts'

/**
 * Returns a function that finds the guards, and the declarations that a path is public, of which each runs before a handler for
 * every request that the handler gets. Those that run for some requests do not add up, because a request might match none of
 * their patterns.
 */
export function createCoverage(entries: readonly Entry[]): (entry: Entry) => readonly Entry[] {
  const marks = entries.filter(({ description }) => description !== undefined)
  return (entry) => marks.filter((mark) => mark.index < entry.index && covers(mark, entry))
}

function covers(mark: Entry, { method, path }: Entry): boolean {
  // Hono answers HEAD by the handlers of GET, so HEAD needs no guard of its own.
  if (mark.method !== 'ALL' && mark.method !== method) return false
  return mark.path === path || (mark.description !== 'public' && coversPath(mark.path, path))
}
