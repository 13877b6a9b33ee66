/**
 * Checks a URL as RFC 9728 section 3 wants it: over TLS but on one's own machine. It may stand in a quoted-string.
 *
 * @throws `TypeError` that starts with `name`.
 */
export function checkUrl(name: string, url: unknown): asserts url is string {
  if (typeof url !== 'string' || !/^https?:\/\/[!$-[\]-~]+$/.test(url) || !URL.canParse(url) || !isSafe(new URL(url)))
    throw new TypeError(`${name}: must be an https URL, or an http URL on localhost, without a fragment`)
}

function isSafe({ protocol, hostname, username, password }: URL): boolean {
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
