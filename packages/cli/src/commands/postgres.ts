import { resolve } from 'node:path'
import { usageError } from '../cli-error.ts'
import type { Action, Register } from '../command.ts'
import { readFile } from '../input/read-bounded.ts'

const MAX_BYTES = 1_048_576

interface PoliciesOptions {
  readonly schema: string
  readonly tables: string
}

/** `writ postgres` */
export const registerPostgres: Register = (program, define) => {
  const postgres = program
    .command('postgres')
    .description('SQL that makes PostgreSQL prove capabilities itself')
    .addHelpText('after', '\nExample:\n  writ postgres migration | psql "$DATABASE_URL" -1')
  define(
    postgres
      .command('migration')
      .description('what installs the schema writ')
      .addHelpText('after', '\nExample:\n  writ postgres migration | psql "$DATABASE_URL" -1'),
    migration,
  )
  define(
    postgres
      .command('policies')
      .description('row level security, by a schema')
      .option('--schema <file>', 'what must be named, as TOML', 'schema.toml')
      .option('--tables <file>', 'for each table its columns and operations, as TOML', 'tables.toml')
      .addHelpText('after', '\nExample:\n  writ postgres policies --tables tables.toml | psql "$DATABASE_URL" -1'),
    policies,
  )
}

const migration: Action<object> = async () => {
  const { readMigration } = await import('@writ/postgres')
  const text = await readMigration()
  return { text, json: { migration: text } }
}

const policies: Action<PoliciesOptions> = async (io, { schema, tables }) => {
  const { loadSchema } = await import('@writ/engine')
  const { policiesOf } = await import('@writ/postgres')
  const read = await readTables(await readFile(io, tables, MAX_BYTES))
  const text = policiesOf(await loadSchema(resolve(io.folder, schema)), read)
  return { text, json: { migration: text } }
}

async function readTables(text: string) {
  const { parse } = await import('smol-toml')
  const v = await import('valibot')
  const name = v.pipe(v.string(), v.nonEmpty())
  const type = v.picklist(['text', 'integer', 'bigint', 'uuid'])
  const operations = v.optional(v.array(name))
  const file = v.record(
    name,
    v.strictObject({
      target: v.optional(name),
      columns: v.record(name, v.union([name, v.strictObject({ column: name, type })])),
      operations: v.strictObject({ select: operations, insert: operations, update: operations, delete: operations }),
      role: v.optional(name),
      force: v.optional(v.boolean()),
    }),
  )
  let document: unknown
  try {
    document = parse(text)
  } catch (cause) {
    const { line } = cause as { line?: unknown }
    throw usageError(`--tables: line ${typeof line === 'number' ? line : '?'}: is not TOML`)
  }
  const found = v.safeParse(file, document)
  if (found.success) return found.output
  throw usageError('--tables: each table needs columns and operations, and may have target, role and force')
}
