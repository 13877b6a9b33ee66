import type { Bytes } from '../../internal/base/bytes.ts'

export interface Pem {
  readonly label: string
  readonly der: Bytes
}

const LINE_LENGTH = 64

export function looksLikePem(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN ')
}

/** Reads text that holds one PEM block and nothing else (RFC 7468 section 3); `undefined` otherwise. */
export function readPem(text: string): Pem | undefined {
  const [, label = '', body = ''] =
    /^-----BEGIN ([A-Z0-9 ]+)-----\s([A-Za-z0-9+/=\s]*)-----END \1-----$/.exec(text.trim()) ?? []
  if (body === '') return undefined
  try {
    return { label, der: Uint8Array.from(atob(body), (character) => character.charCodeAt(0)) }
  } catch {
    return undefined
  }
}

export function writePem({ label, der }: Pem): string {
  const body = btoa(String.fromCharCode(...der))
  const lines = body.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
