// What a check costs. Each part runs in a process of its own and prints as it goes; all rows go into bench/results.json.
// usage: npm run bench -- [core] [cold] [http] [engine] [authority] [feed] [postgres] [device] [size] [import] [heap] [--node 22] [--quick] [--long] [--strict]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runtimes } from '../scripts/checks/runtimes.mjs'
import type { Results, Row } from './support/rows.ts'
import { headOf, lineOf, PARTS, type Part } from './support/table.ts'

const FILE = new URL('results.json', import.meta.url)
/** Before the first part, of programs that want to run. */
const MUCH_LOAD = 0.5
const names = Object.keys(PARTS) as Part[]
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string' },
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name))
if (unknown.length > 0 || (values.node !== undefined && !['22', '24'].includes(values.node))) {
  console.error(`usage: npm run bench -- [${names.join('] [')}] [--node 22|24] [--quick] [--long] [--strict]`)
  process.exit(2)
}
const parts = names.filter((name) => positionals.length === 0 || positionals.includes(name))
const program = values.node === undefined ? process.execPath : runtimes([`node${values.node}`])[0]?.program
if (program === undefined) process.exit(0)

const [load = 0] = loadavg()
if (load > MUCH_LOAD && !values.quick)
  console.log(`the machine is busy (load average ${load.toFixed(1)}): expect noise`)

const rows: Row[] = []
const failed: Part[] = []
const start = performance.now()
for (const part of parts) {
  const found = await run(part, program)
  rows.push(...found)
  // What is measured in a hurry is not kept.
  if (failed.at(-1) !== part && !values.quick) keep(found)
}
const count = (met: boolean) => rows.filter((row) => row.met === met).length
const seconds = ((performance.now() - start) / 1000).toFixed(0)
console.log(`\n${rows.length} rows in ${seconds} s; targets: ${count(true)} met, ${count(false)} missed`)
for (const part of failed) console.log(`FAILED  ${part}`)
process.exitCode = failed.length > 0 || (values.strict && count(false) > 0) ? 1 : 0

/** Runs a part and prints its rows as they come. */
async function run(part: Part, execPath: string): Promise<Row[]> {
  const found: Row[] = []
  const file = fileURLToPath(new URL(`parts/${part}.ts`, import.meta.url))
  const args = (['quick', 'long'] as const).filter((name) => values[name]).map((name) => `--${name}`)
  const execArgv = ['--expose-gc', '--disable-warning=ExperimentalWarning']
  const child = fork(file, args, { execPath, execArgv })
  child.on('message', (row: Row) => {
    if (found.length === 0) console.log(`\n${headOf(part, row.node)}`)
    console.log(lineOf(row))
    found.push(row)
  })
  // The last rows may come after the end of the process.
  const [[code]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
  if (code !== 0 || found.length === 0) failed.push(part)
  return found
}

/** Rows of other parts and of other versions of Node stay. */
function keep(measured: readonly Row[]): void {
  const old: Results = JSON.parse(readFileSync(FILE, 'utf8'))
  const seriesOf = ({ part, node }: Row) => `${part} ${node.split('.')[0]}`
  const anew = new Set(measured.map(seriesOf))
  const all = [...old.rows.filter((row) => !anew.has(seriesOf(row))), ...measured].map(rounded)
  const order = (row: Row) => names.indexOf(row.part as Part) * 100 - Number.parseInt(row.node, 10)
  const [{ model } = { model: 'unknown' }, ...others] = cpus()
  const results: Results = {
    machine: { cpu: model, cores: others.length + 1, load: Number(load.toFixed(1)) },
    rows: all.sort((a, b) => order(a) - order(b)),
  }
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`)
}

function rounded(row: Row): Row {
  const short = (value: number) => Number(value.toPrecision(4))
  const target = row.target && { ...row.target, value: short(row.target.value) }
  return { ...row, value: short(row.value), ratio: row.ratio && short(row.ratio), target }
}
