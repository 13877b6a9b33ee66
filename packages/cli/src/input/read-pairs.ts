import { InvalidArgumentError } from 'commander'

/** Collects `--designation label=value`. A label that comes twice is refused: one of the two would be lost. */
export function collectPair(
  text: string,
  pairs: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('must be label=value')
  const label = text.slice(0, at)
  const known = new Map(Object.entries(pairs ?? {}))
  if (known.has(label)) throw new InvalidArgumentError('names a label twice')
  // From entries, so that `__proto__` is a label like any other.
  return Object.fromEntries(known.set(label, text.slice(at + 1)))
}
