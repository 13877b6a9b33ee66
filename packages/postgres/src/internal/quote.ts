/**
 * An SQL identifier in quotes.
 *
 * @throws `TypeError` that starts with `path` for text that cannot be one.
 */
export function identifier(path: string, name: string): string {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) throw new TypeError(`${path}: must be a name`)
  // PostgreSQL would cut it, and then it could be another one.
  if (new TextEncoder().encode(name).length > 63) throw new TypeError(`${path}: must not be longer than 63 bytes`)
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * An SQL string literal, whatever `standard_conforming_strings` says.
 *
 * @throws `TypeError` that starts with `path` for text that PostgreSQL cannot hold.
 */
export function literal(path: string, text: string): string {
  if (text.includes('\0')) throw new TypeError(`${path}: must not contain the character U+0000`)
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
}
