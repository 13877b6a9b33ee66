// Writes docs/performance.md from bench/results.json, which `npm run bench` writes.
// usage: node scripts/docs/performance.mjs [--check]      --check writes nothing, and fails when the file is stale
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { read, report, root } from '../checks/support.mjs'

const FILE = 'docs/performance.md'
const RESULTS = 'bench/results.json'

const { machine, rows } = JSON.parse(read(RESULTS))

const BUSY = ` Other programs wanted to run as well (load average ${machine.load}), so expect noise.`

const INTRODUCTION = `# Performance

<!-- Made by scripts/docs/performance.mjs from bench/results.json: run \`npm run bench\`, or change the script. -->

A token is proven by its signatures, and a signature costs what it costs: on most machines 0.1 to 0.2 milliseconds. So times are
given in *signatures*: how many raw verifications of an Ed25519 signature by WebCrypto take as long, in the same run. Such a
ratio is about the same on your machine. The times beside it are not.

What to expect:

- **A token that the verifier has seen before** is not proven again. Its end, its revocation and your request are looked at
  every time.
- **A new token** costs one signature per block, and one derivation of a key, which proves that the sender is its last holder.
- **A refusal** costs at most what an accept costs, for every token: work is counted, and a bad signature ends it.
- **Narrowing** a token costs the holder a new key and a signature. No request is sent.

## Measure it yourself

\`\`\`sh
npm run bench                       # everything, in some minutes
npm run bench -- cold http          # some parts: core, cold, http, engine, authority, feed, postgres, device, size, import, heap
npm run bench -- cold --node 22     # on another Node: 22 or 24
npm run bench -- heap --long        # a million requests
npm run bench -- --quick            # only shows that it works
npm run bench -- --strict           # fails when a target is missed
\`\`\`

Let nothing else run meanwhile. It prints a table, and all but \`--quick\` replaces the same parts in \`bench/results.json\`. Then
\`node scripts/docs/performance.mjs\` writes this page.

Everything is measured in rounds, the unit before each subject, and the median counts. Over HTTP a round with the guard follows
a round without it, and the ratio is the median of such pairs. Load and service are two processes.

## Results

Measured on ${machine.cores} cores: ${machine.cpu}.${machine.load > 1 ? BUSY : ''}
`

/** What each part measures, and what its ratio is of. */
const PARTS = {
  core: {
    title: 'One token again and again, and writing tokens',
    ratio: 'in signatures',
    text: `The guard decides about a request with a token of two blocks, two designations and an anchor. biscuit-wasm parses,
authorizes and frees. The other libraries verify a JWT that says the same.`,
  },
  cold: {
    title: 'Tokens that were never seen',
    ratio: 'in signatures',
    text: `Each token is used once. *Unavoidable* is the same number of signatures, key imports and derivations without anything
else. Many calls at once use all cores if the crypto does not block, as WebCrypto does not.`,
  },
  http: {
    title: 'Requests a second',
    ratio: 'of unguarded',
    text: 'The same token or JWT in every request, and a handler that only answers. A handler that does something hides the guard.',
  },
  engine: {
    title: 'Minting by a policy',
    ratio: 'in signatures',
    text: 'A policy is read and checked once. A mint asks it, and signs; the size of the policy does not matter.',
  },
  authority: {
    title: 'Minting by an authority',
    ratio: 'in signatures',
    text: `The authority serves over HTTP, in the same process as its client. Each mint is on disk, with its record, before it is answered.
Of many mints at once each takes its own transaction; a batch is one transaction.`,
  },
  feed: {
    title: 'How soon a revocation is known',
    ratio: '',
    text: 'From the answer of the authority until verifiers in other processes, which follow its feed, refuse the token.',
  },
  postgres: {
    title: 'In the database',
    ratio: 'of without',
    text: `A transaction of one query by an index, on PostgreSQL: without row level security, and with a policy that asks a
capability. *Remembered* is a token that the database has proven before. The bench prints the plan: the policy is evaluated
once a query.`,
  },
  device: {
    title: 'On a device',
    ratio: 'of core on Node',
    text: `\`@writ/device\` in engines of small devices, on this machine: how much slower they are than Node, not how fast a device is.
Each token is new, with two blocks. QuickJS runs as WebAssembly here, and XS natively.`,
  },
  size: {
    title: 'Size of bundles',
    ratio: '',
    text: 'Made by esbuild for Workers or for a page, minified, after gzip. Only minting needs WebAssembly.',
  },
  import: {
    title: 'Time to start',
    ratio: 'of framework',
    text: 'A fresh process imports the framework, and then the adapter.',
  },
  heap: {
    title: 'Memory',
    ratio: '',
    text: 'In use after a collection. The caches fill first, and then nothing grows.',
  },
}

/** Why a target is missed, and what was tried, by part and name of the row: `'http: Express, writ': '...'`. */
const OWN_WORK =
  'What is left is decoding, compiling checks and garbage: a first run of code and data costs several times a warm one. Tried: ' +
  'decoders written by hand per message, shared stacks, raw key formats; none gained.'
const IN_FLIGHT =
  "On Node, Writ calls Node's own crypto, which blocks: less work in all, but it does not use a second idle core, as WebCrypto " +
  'does here. A server whose cores are busy gains from it.'
const FRAMEWORK =
  'The guard itself takes 0.03 signatures. The rest is the way around it: a middleware more, the request view, and garbage. Tried: ' +
  'going on in the same turn, views that are made when asked, a side table in place of WeakMaps (from 0.24 to 0.43 before).'
const WRITING =
  'The new block is read and judged again before it is handed out, in full, because it changes what older checks count.'
const REASONS = {
  'core: attenuate, known parent': WRITING,
  'core: attenuate, unknown parent': WRITING,
  'cold: 1 block': OWN_WORK,
  'cold: 2 blocks': OWN_WORK,
  'cold: 5 blocks': OWN_WORK,
  'cold: P-256 root, 1 block': OWN_WORK,
  'cold: P-256 root, 2 blocks': OWN_WORK,
  'cold: P-256 attester, 2 blocks': OWN_WORK,
  'cold: 1 block, 16 in flight': IN_FLIGHT,
  'cold: 2 blocks, 16 in flight': IN_FLIGHT,
  'cold: 5 blocks, 16 in flight': IN_FLIGHT,
  'cold: new attenuation of a known token, 16 in flight': IN_FLIGHT,
  'cold: P-256 root, 1 block, 16 in flight': IN_FLIGHT,
  'cold: P-256 root, 2 blocks, 16 in flight': IN_FLIGHT,
  'cold: P-256 attester, 2 blocks, 16 in flight': IN_FLIGHT,
  'http: Fastify, writ':
    'The target is @fastify/jwt with its cache, which finds a text in a map and checks nothing else. Writ decides about expiry, ' +
    'revocation and the object each time.',
  'http: Express, writ': FRAMEWORK,
  'http: Hono, writ': FRAMEWORK,
}

const number = (value, digits) =>
  value.toFixed(value < 0.1 ? Math.max(digits, 3) : value < 10 ? digits : value < 100 ? 1 : 0)
const ratioOf = ({ ratio }) => (ratio === null ? '' : number(ratio, 2))

function targetOf({ target, ratio }) {
  if (target === null) return ''
  const bound = `${target.bound} ${ratio === null ? target.value : number(target.value, 2)}`
  return target.from === undefined ? bound : `${bound} (${target.from})`
}

function lineOf(row) {
  const name = row.of === null ? row.name : `– ${row.name}`
  const mark = row.met === null ? '' : row.met ? 'met' : '**missed**'
  return `| ${[name, `${number(row.value, 1)} ${row.unit}`, ratioOf(row), targetOf(row), mark].join(' | ')} |`
}

function sectionOf(part) {
  const { title, ratio, text } = PARTS[part]
  const own = rows.filter((row) => row.part === part)
  const nodes = [...new Set(own.map(({ node }) => node))]
  const tables = nodes.map((node) =>
    [
      `| Node ${node} | measured | ${ratio} | target | |`,
      '| --- | ---: | ---: | --- | --- |',
      ...own.filter((row) => row.node === node).map(lineOf),
    ].join('\n'),
  )
  return [`### ${title}`, text, ...tables].join('\n\n')
}

function missed() {
  const lines = rows
    .filter(({ met }) => met === false)
    .map(({ part, name, of, node, ...row }) => {
      const what = of === null ? name : `${of}: ${name}`
      const reason = REASONS[`${part}: ${what}`]
      const measured = row.ratio === null ? `${number(row.value, 1)} ${row.unit}` : ratioOf(row)
      const line = `- ${what} (Node ${node.split('.')[0]}): ${measured}, where the target is ${targetOf(row)}.`
      return reason === undefined ? line : `${line} ${reason}`
    })
  return lines.length === 0 ? [] : [['## Missed targets', lines.join('\n')].join('\n\n')]
}

const measured = Object.keys(PARTS).filter((part) => rows.some((row) => row.part === part))
const text = `${[INTRODUCTION.trimEnd(), ...measured.map(sectionOf), ...missed()].join('\n\n')}\n`

if (process.argv.includes('--check')) {
  const problems = read(FILE) === text ? [] : [`${FILE} is stale: run node scripts/docs/performance.mjs`]
  report(problems, `${FILE} says what ${RESULTS} says`)
} else {
  writeFileSync(join(root, FILE), text)
}
