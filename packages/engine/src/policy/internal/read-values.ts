import type { Faults, Place } from './faults.ts'
import { within } from './faults.ts'

/** A table: an object whose own members are all that it holds. */
export type Table = Readonly<Record<string, unknown>>

/** Reads the members of one table, and reports what is missing, unknown or of the wrong type. */
export class TableReader {
  readonly #table: Table
  readonly #place: Place
  readonly #faults: Faults

  constructor(table: Table, place: Place, faults: Faults) {
    this.#table = table
    this.#place = place
    this.#faults = faults
  }

  /** Reports keys that nothing reads. */
  only(...keys: readonly string[]): void {
    for (const key of Object.keys(this.#table)) {
      if (keys.includes(key)) continue
      this.#faults.add('unknown_key', within(this.#place, key), `unknown key, must be one of ${keys.join(', ')}`)
    }
  }

  text(key: string): string | undefined {
    return this.#read(key, isText, 'must be a string that is not empty')
  }

  requiredText(key: string): string | undefined {
    if (this.#value(key) === undefined) this.#faults.add('missing_key', this.#place, `the key "${key}" is missing`)
    return this.text(key)
  }

  boolean(key: string): boolean | undefined {
    return this.#read(key, (value) => typeof value === 'boolean', 'must be true or false')
  }

  seconds(key: string): number | undefined {
    const value = this.#read(key, isInteger, 'must be a whole number of seconds')
    if (value === undefined || value > 0) return value
    this.#faults.add('wrong_value', within(this.#place, key), 'must be more than zero')
    return undefined
  }

  choice<const Value extends string>(key: string, values: readonly Value[]): Value | undefined {
    const value = this.text(key)
    if (value === undefined || (values as readonly string[]).includes(value)) return value as Value | undefined
    const known = values.map((known) => `"${known}"`).join(' or ')
    this.#faults.add('wrong_value', within(this.#place, key), `must be ${known}`)
    return undefined
  }

  /** A list of strings. An empty one is reported, because it never has an effect. */
  texts(key: string): readonly string[] {
    const values =
      this.#read(key, (value): value is string[] => Array.isArray(value), 'must be a list of strings') ?? []
    const read = new Set<string>()
    for (const [index, value] of values.entries()) {
      if (!isText(value)) this.#wrong('must be a string that is not empty', key, index)
      else if (read.has(value)) {
        this.#faults.add('wrong_value', within(this.#place, key, index), `${JSON.stringify(value)} is there twice`)
      } else read.add(value)
    }
    return [...read]
  }

  requiredTexts(key: string): readonly string[] {
    const values = this.texts(key)
    if (this.#value(key) === undefined) this.#faults.add('missing_key', this.#place, `the key "${key}" is missing`)
    else if (Array.isArray(this.#value(key)) && values.length === 0) {
      this.#faults.add('empty_list', within(this.#place, key), 'must not be empty')
    }
    return values
  }

  table(key: string): Table | undefined {
    return this.#read(key, isTable, 'must be a table')
  }

  /** A list of tables, each with the place where it is. */
  tables(key: string): readonly (readonly [Table, Place])[] {
    const values =
      this.#read(key, (value): value is unknown[] => Array.isArray(value), 'must be a list of tables') ?? []
    return values.flatMap((value, index) => {
      if (isTable(value)) return [[value, within(this.#place, key, index)] as const]
      this.#wrong('must be a table', key, index)
      return []
    })
  }

  #value(key: string): unknown {
    return Object.hasOwn(this.#table, key) ? this.#table[key] : undefined
  }

  #read<Value>(key: string, is: (value: unknown) => value is Value, message: string): Value | undefined {
    const value = this.#value(key)
    if (value === undefined) return undefined
    if (is(value)) return value
    this.#wrong(message, key)
    return undefined
  }

  #wrong(message: string, ...path: readonly (string | number)[]): void {
    this.#faults.add('wrong_type', within(this.#place, ...path), message)
  }
}

export function isTable(value: unknown): value is Table {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** A lone surrogate has no UTF-8, so in a token it would become another string. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed()
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
