/** A key set of an issuer has a few kilobytes; with certificate chains, tens. */
const MAX_BYTES = 256 * 1024

/**
 * Fetches a JSON document of an issuer: no redirect is followed, and no more is read than a document of keys can have.
 *
 * @throws Error if it does not answer, answers otherwise, or says more.
 */
export async function fetchDocument(url: string, signal: AbortSignal): Promise<unknown> {
  const headers = { accept: 'application/json' }
  const response = await fetch(url, { headers, signal, redirect: 'error', credentials: 'omit' })
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    throw new Error(`the issuer answers ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop cancels the rest of the body.
  for await (const chunk of response.body) {
    length += chunk.byteLength
    if (length > MAX_BYTES) throw new Error('the document of the issuer is too long')
    chunks.push(chunk)
  }
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
}
