/** The URL of an authority, with a slash at its end: what it serves is below it. */
export function readUrl(text: unknown, allowInsecure: boolean): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('url: must be a URL, without credentials, query and fragment')
  }
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && (allowInsecure || isLoopback(url)))
  if (!secure) throw new TypeError('url: must begin with https:, unless `allowInsecure` is set')
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
