type Attesters = ReadonlyMap<string, string>

/** Who must attest which label, to a subject and its ancestor together; a label of which they name different keys, if any. */
export function uniteAttesters(
  own: Attesters = new Map(),
  above: Attesters = new Map(),
): { readonly attestedBy: Attesters; readonly conflict: string | undefined } {
  const conflict = [...above].find(([label, key]) => (own.get(label) ?? key) !== key)?.[0]
  return { attestedBy: new Map([...own, ...above]), conflict }
}
