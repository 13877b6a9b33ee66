import type { FeedEntry } from './feed-document.ts'

/** Entries are kept this long after what they revoke has expired: clocks differ. */
const MARGIN_SECONDS = 3600

/** What is revoked, by id and by name. */
export class Revoked {
  readonly #ends: Readonly<Record<FeedEntry['type'], Map<string, number>>> = { token: new Map(), actor: new Map() }

  get size(): number {
    return this.#ends.token.size + this.#ends.actor.size
  }

  add({ type, value, expiresAt }: FeedEntry): void {
    const ends = this.#ends[type]
    ends.set(value, Math.max(expiresAt, ends.get(value) ?? 0))
  }

  hasToken(ids: readonly string[]): boolean {
    return ids.some((id) => this.#ends.token.has(id))
  }

  /** Whether the name is revoked, or a name above it. */
  hasActor(name: string): boolean {
    const { actor } = this.#ends
    for (let end = name.length; end > 0; end = name.lastIndexOf(':', end - 1)) {
      if (actor.has(name.slice(0, end))) return true
    }
    return false
  }

  /** Forgets what only concerns expired tokens. */
  prune(now: number): void {
    for (const ends of Object.values(this.#ends)) {
      for (const [value, end] of ends) if (end + MARGIN_SECONDS < now) ends.delete(value)
    }
  }
}
