const MAX_LENGTH = 2048

/**
 * The one spelling of a site: its origin, as browsers compare it (URL standard; RFC 6454). Upper case, a usual port, another
 * spelling of an address or of an international name make no other site.
 *
 * @throws `Error` for what is no https URL, and for one with credentials, which look like a host to people.
 */
export function canonicalSite(text: string): string {
  const url = text.length <= MAX_LENGTH && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw new Error('The site must be an https URL without credentials')
  // A dot at the end names the same host to DNS, and another one to servers.
  if (url.hostname.endsWith('.')) throw new Error('The site must not end with a dot')
  return url.origin
}
