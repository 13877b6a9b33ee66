const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Whether a text is an https URL, or an http URL on one's own machine, without credentials; an issuer has no query either. */
export function isSecureUrl(text: string, what: 'issuer' | 'document'): boolean {
  if (text.length > 2048 || !/^https?:\/\/[!-~]+$/.test(text) || !URL.canParse(text) || text.includes('#')) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '' || (what === 'issuer' && text.includes('?'))) return false
  return protocol === 'https:' || LOOPBACK.includes(hostname)
}
