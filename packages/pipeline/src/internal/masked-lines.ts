import { StringDecoder } from 'node:string_decoder'
import { maskSecrets } from '../mask-secrets.ts'

const MAX_LINE = 1024 * 1024
const KEY_BEGINS = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/
const KEY_ENDS = /-----END [A-Z ]{0,40}PRIVATE KEY-----/

/**
 * Takes bytes, and hands on lines with secrets masked. No token has a line in it, so a whole line is all that must be seen. A
 * line that is longer than a mebibyte is left out: half of it could hold half of a token.
 */
export class MaskedLines {
  readonly #write: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #tooLong = false
  #inKey = false

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  push(bytes: Buffer): void {
    this.#take(this.#decoder.write(bytes))
  }

  end(): void {
    this.#take(this.#decoder.end())
    if (this.#rest !== '' || this.#tooLong) this.#line()
  }

  #take(text: string): void {
    const [first = '', ...others] = text.split('\n')
    this.#add(first)
    for (const other of others) {
      this.#line()
      this.#add(other)
    }
  }

  #add(text: string): void {
    this.#tooLong ||= this.#rest.length + text.length > MAX_LINE
    this.#rest = this.#tooLong ? '' : this.#rest + text
  }

  #line(): void {
    const line = this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest
    const tooLong = this.#tooLong
    this.#rest = ''
    this.#tooLong = false
    if (tooLong) this.#write('[a line of more than 1 MiB]')
    else if (this.#inKey) {
      if (KEY_ENDS.test(line)) this.#inKey = false
    } else {
      this.#inKey = KEY_BEGINS.test(line) && !KEY_ENDS.test(line)
      this.#write(maskSecrets(line))
    }
  }
}
