/** A body was longer than allowed, or no UTF-8. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody'
}

/**
 * Reads a body as UTF-8, and no more of it than `maxBytes`: a longer one is cancelled as soon as that is known. The bytes
 * are counted after decompression.
 */
export async function boundedText(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoded(() => decoder.decode())
      bytes += value.byteLength
      if (bytes > maxBytes) throw new UnreadableBody(`the answer is longer than ${maxBytes} bytes`)
      text += decoded(() => decoder.decode(value, { stream: true }))
    }
  } catch (error) {
    // The connection would be read to its end otherwise.
    reader.cancel().catch(() => {})
    throw error
  }
}

function decoded(decode: () => string): string {
  try {
    return decode()
  } catch (cause) {
    throw new UnreadableBody('the answer is not UTF-8', { cause })
  }
}
