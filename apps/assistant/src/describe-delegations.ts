/** A record of the audit, as far as it is read here. */
export interface AuditEntry {
  readonly kind: string
  readonly decision: string
  readonly actor?: string | null
  readonly resource?: string | null
  readonly code?: string | null
}

/** One line of the tree. */
export interface DelegationLine {
  /** How deep it is, by names: 0 for the agent itself. */
  readonly depth: number
  readonly name: string
  /** What it got, and what it was refused, each once, with how often. */
  readonly minted: readonly string[]
  readonly refused: readonly string[]
}

/**
 * Who has delegated to whom, as a tree, from the audit: an agent whose name is below another one's was forked from it. The
 * authority was not asked when it was forked; it has seen the names since.
 *
 * @param root - The name at the top.
 */
export function describeDelegations(entries: readonly AuditEntry[], root: string): readonly DelegationLine[] {
  const asked = entries.filter(({ kind, actor }) => kind === 'capability.minted' && isWithin(actor, root))
  const names = [...new Set(asked.map(({ actor }) => actor as string))].sort()
  return names.map((name) => {
    const own = asked.filter(({ actor }) => actor === name)
    return {
      depth: name.split(':').length - root.split(':').length,
      name,
      minted: counted(own.filter(({ decision }) => decision === 'allowed')),
      refused: counted(own.filter(({ decision }) => decision !== 'allowed')),
    }
  })
}

function isWithin(actor: string | null | undefined, root: string): boolean {
  return typeof actor === 'string' && (actor === root || actor.startsWith(`${root}:`))
}

function counted(entries: readonly AuditEntry[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { resource } of entries) {
    const what = (resource ?? '').replace(/^tool:/, '')
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => (count === 1 ? what : `${what} (${count})`))
}
