// Writes docs/errors.md from the tables of @writ/core and @writ/http. Needs the built packages.
// usage: node scripts/docs/errors.mjs [--check]      --check writes nothing, and fails when the file is stale
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_CODES } from '../../packages/core/dist/index.js'
import { ADVICE, PROBLEMS } from '../../packages/http/dist/index.js'
import { read, report, root } from '../checks/support.mjs'

const FILE = 'docs/errors.md'
const WIDTH = 120

const INTRODUCTION = `# Error codes

<!-- Made by scripts/docs/errors.mjs from the tables in packages/http/src: change those. -->

A refusal is a \`CapabilityError\` with one of these codes. A caller sees the status, the title and the *public* code: until
every signature is proven, that is only \`malformed_token\` or \`invalid_signature\`. A caller whose token is proven also sees
[what the route demands](../packages/http/README.md#answers), without values. \`label\`, \`expected\`, \`actual\` and
\`hint\` are for operators. \`onDecision\` gets them in a printable form; no response contains them.

Wrong *arguments* are not a refusal. They throw a \`TypeError\` that starts with the name of the option, as soon as the
guard or verifier is built.

With the option \`rfc6750\`, codes that a new token may solve are answered with 401 \`invalid_token\` instead of 403.
A 503 has a \`Retry-After\` header.
`

/** Breaks a text into lines at spaces. */
function wrap(text) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}

function rowOf(code) {
  const { status, title, renew } = PROBLEMS[code]
  return `| [\`${code}\`](#${code}) | ${status} | ${renew ? 'yes' : 'no'} | ${title} |`
}

function sectionOf(code) {
  const { when, advice, caller } = ADVICE[code]
  const seen = caller === undefined ? [] : [wrap(`**The caller sees:** ${caller}.`)]
  return [`## \`${code}\``, wrap(when), wrap(`**What to do:** ${advice}`), ...seen].join('\n\n')
}

const table = [
  '| code | status | a new token may help | title |',
  '| --- | --- | --- | --- |',
  ...ERROR_CODES.map(rowOf),
]
const text = `${[INTRODUCTION, table.join('\n'), '', ERROR_CODES.map(sectionOf).join('\n\n')].join('\n')}\n`

if (process.argv.includes('--check')) {
  const problems = read(FILE) === text ? [] : [`${FILE} is stale: run node scripts/docs/errors.mjs`]
  report(problems, `${FILE} says what the tables say`)
} else {
  writeFileSync(join(root, FILE), text)
}
