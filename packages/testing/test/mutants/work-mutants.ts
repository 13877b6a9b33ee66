// A header costs more than in proportion to its length.
import { type Mutant, mutant } from './mutant.ts'

const GROWS = 'work grows no faster than a header:'

/** Does such work on the values of a header before it asks. */
const works = (name: string, on: string, header: string, work: (value: string) => unknown): Mutant =>
  mutant(name, `${GROWS} ${on}`, (parts) => ({
    ask(exchange, decide, view) {
      for (const value of view.header(header)) work(value)
      return parts.ask(exchange, decide, view)
    },
  }))

/** As often as there are characters, looks at all of them. */
const quadratic = (value: string): number => {
  let count = 0
  for (let start = 0; start < value.length; start += 1) {
    for (let at = start; at < value.length; at += 1) count += value.charCodeAt(at) & 1
  }
  return count
}

export const workMutants: readonly Mutant[] = [
  works('trims spaces in quadratic time', 'spaces within a credential', 'authorization', (value) =>
    value.replace(/[ \t]+$/, ''),
  ),
  works('looks for commas in quadratic time', 'commas', 'authorization', quadratic),
  works('looks for a scheme in quadratic time', 'schemes', 'authorization', quadratic),
  works('reads padding in quadratic time', 'padding', 'authorization', quadratic),
  works('reads letters in quadratic time', 'letters of a scheme', 'authorization', quadratic),
  works('reads cookies in quadratic time', 'a cookie', 'cookie', quadratic),
  works('reads content types in quadratic time', 'a content type', 'content-type', (value) => / +$/.test(value)),
  works('reads forwarded addresses in quadratic time', 'forwarded addresses', 'x-forwarded-for', quadratic),
  mutant('compares each header with each other', `${GROWS} other headers`, (parts) => ({
    ask(exchange, decide, view) {
      for (const one of exchange.req.rawHeaders) {
        for (const other of exchange.req.rawHeaders) quadratic(`${one}${other}`.repeat(6))
      }
      return parts.ask(exchange, decide, view)
    },
  })),
]
