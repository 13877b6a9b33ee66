import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

type Numbers<Defaults> = {
  readonly [Name in keyof Defaults]: Defaults[Name] extends undefined ? number | undefined : number
}

/** The numbers of the command line, over their defaults. An option that is unknown or no number ends the process. */
export function readNumbers<Defaults extends Readonly<Record<string, number | undefined>>>(
  defaults: Defaults,
): Numbers<Defaults> {
  const names = Object.keys(defaults)
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
    const { values } = parseArgs({ options })
    const numbers = names.map((name) => [name, toNumber(name, values[name]) ?? defaults[name]])
    return Object.fromEntries(numbers) as Numbers<Defaults>
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}

function toNumber(name: string, text: unknown): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (text === '' || !Number.isFinite(number) || number < 0) throw new TypeError(`--${name}: must be a number`)
  return number
}

/** Any seed, for whoever gave none. */
export function anySeed(): number {
  return randomInt(2 ** 30)
}

/** When a run is over: after so many minutes, if they were given, else at the count. Every minute it says how far it is. */
export function untilDone(count: number, minutes: number | undefined): (done: number) => boolean {
  const start = performance.now()
  let told = 0
  return (done) => {
    const passed = (performance.now() - start) / 60_000
    if (Math.floor(passed) > told) {
      told = Math.floor(passed)
      console.log(`  ${done} after ${told} min`)
    }
    return minutes === undefined ? done >= count : passed >= minutes
  }
}

/** Ends the run with a failure on whatever nobody caught. */
export function failOnStrays(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      console.error(`${event}:`, error)
      process.exit(1)
    })
  }
}

/** Prints what was found and ends the process as failed. */
export function fail(what: string, details: Readonly<Record<string, unknown>>): never {
  console.error(`FOUND: ${what}`)
  for (const [name, value] of Object.entries(details)) {
    console.error(`  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  }
  process.exit(1)
}
