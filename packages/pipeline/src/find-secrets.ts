import { revocationIds } from '@writ/core/hold'

/** A credential in a text, from `start` to before `end`. */
export interface Secret {
  /** A token of Writ, a private key (Biscuit's notation, PEM or JWK), or an assertion of somebody else (a JWT). */
  readonly kind: 'token' | 'private key' | 'assertion'
  readonly start: number
  readonly end: number
}

/** No token of Writ is shorter: its first block has 64 bytes of signature and 32 of a key. */
const LEAST_TOKEN = 128
/** So many characters may stand before a token without a border, such as the `n` of `\n` in JSON. */
const GLUED = 16
const LEAST_PART = 8
const WORDS = /[\w.-]+={0,2}/g
const KEYS = [
  /(?:ed25519|secp256r1)-private\/[0-9a-fA-F]{64}/g,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /"d"\s{0,8}:\s{0,8}"[\w-]{43}"/g,
]

/**
 * Finds tokens of Writ, private keys and JWTs in a text, such as a log, a file or an environment. A token counts if it can be
 * read as one, whoever signed it and whether or not it is still good. What was encoded or encrypted is not found.
 *
 * @returns In the order of the text. They do not overlap.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 * import { findSecrets } from '@writ/pipeline'
 *
 * const found = findSecrets(await readFile('build.log', 'utf8'))
 * if (found.length > 0) throw new Error(`build.log holds ${found.map(({ kind }) => kind).join(', ')}`)
 * ```
 */
export function findSecrets(text: string): readonly Secret[] {
  const found = [...findKeys(text), ...findTokens(text)].toSorted((one, other) => one.start - other.start)
  let end = 0
  return found.filter((secret) => {
    if (secret.start < end) return false
    end = secret.end
    return true
  })
}

function* findKeys(text: string): Generator<Secret> {
  for (const pattern of KEYS) {
    for (const { 0: match, index } of text.matchAll(pattern)) {
      yield { kind: 'private key', start: index, end: index + match.length }
    }
  }
}

function* findTokens(text: string): Generator<Secret> {
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    if (word.length < LEAST_PART * 3) continue
    const parts = word.split('.')
    let start = index
    for (const [at, part] of parts.entries()) {
      const token = startOfToken(part)
      const header = part.indexOf('eyJ')
      const [payload = '', signature = ''] = [parts[at + 1], parts[at + 2]]
      if (token !== undefined) yield { kind: 'token', start: start + token, end: start + part.length }
      else if (header !== -1 && payload.startsWith('eyJ') && signature.length >= LEAST_PART) {
        const length = part.length + payload.length + signature.length + 2
        yield { kind: 'assertion', start: start + header, end: start + length }
      }
      start += part.length + 1
    }
  }
}

/** Where in a word a token begins that goes to its end. */
function startOfToken(word: string): number | undefined {
  const last = Math.min(GLUED, word.length - LEAST_TOKEN)
  for (let start = 0; start <= last; start++) {
    // The first byte is the tag of one of two members.
    if (word[start] !== 'C' && word[start] !== 'E') continue
    if (isToken(word.slice(start))) return start
  }
  return undefined
}

function isToken(text: string): boolean {
  try {
    return revocationIds(text).length > 0
  } catch {
    return false
  }
}
