/** Text as every database gives it back: they refuse a zero, and may store a lone surrogate as something else. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd')
}
