import { printable, type Schema } from '@writ/core/verify'
import { identifier, literal } from './internal/quote.ts'

/** A type that a designation, which is text, can be compared as. */
export type ColumnType = 'text' | 'integer' | 'bigint' | 'uuid'

/** What a statement on a table may be permitted by. */
export type Command = 'select' | 'insert' | 'update' | 'delete'

/** How a table follows from a schema. */
export interface TablePolicy {
  /** The target of the schema, which is the resource of capabilities. Default: the name of the table. */
  readonly target?: string | undefined
  /** From each label of these operations to the column that holds its value; the type is `'text'` unless it is given. */
  readonly columns: Readonly<Record<string, string | { readonly column: string; readonly type: ColumnType }>>
  /** The operations of the target that permit each kind of statement. Default: none permits it. */
  readonly operations: Readonly<Partial<Record<Command, readonly string[] | undefined>>>
  /** The role that the policies apply to. Default: every role. */
  readonly role?: string | undefined
  /** Whether the owner of the table is bound as well. Default `true`. */
  readonly force?: boolean | undefined
}

const COMMANDS = ['select', 'insert', 'update', 'delete'] as const satisfies readonly Command[]

/**
 * Writes row level security for tables, by the schema that the engine mints by: a migration that can be run again. Each
 * row needs the required labels of an operation, and those optional labels that the capability has.
 *
 * PostgreSQL lets a statement with a condition change only rows that it may also select. So what permits an update or a
 * delete also shows these rows.
 *
 * @param schema - What there is to permit, made by `defineSchema` or `parseSchema`.
 * @param tables - From each table, as `name` or `schema.name`, to how its policies follow from the schema.
 * @returns SQL statements, for the owner of the tables. The schema `writ` must be there.
 * @throws `TypeError` that starts with the path to what is wrong, such as `tables.invoices.columns.tenantId`.
 *
 * @example
 * ```ts
 * import { defineSchema } from '@writ/core'
 * import { policiesOf } from '@writ/postgres'
 *
 * const schema = defineSchema({
 *   invoices: {
 *     operations: {
 *       read: { required: ['tenantId'], optional: ['invoiceId'] },
 *       write: { required: ['tenantId'] },
 *     },
 *   },
 * })
 * const migration = policiesOf(schema, {
 *   invoices: {
 *     columns: { tenantId: 'tenant_id', invoiceId: { column: 'id', type: 'integer' } },
 *     operations: { select: ['read'], insert: ['write'], update: ['write'] },
 *   },
 * })
 * ```
 */
export function policiesOf(schema: Schema, tables: Readonly<Record<string, TablePolicy>>): string {
  return Object.entries(tables)
    .map(([name, table]) => tablePolicies(schema, name, table))
    .join('\n')
}

function tablePolicies(schema: Schema, name: string, table: TablePolicy): string {
  const path = `tables.${printable(name)}`
  const parts = name.split('.')
  if (parts.length > 2) throw new TypeError(`${path}: must be the name of a table, or schema.name`)
  const quoted = parts.map((part) => identifier(path, part)).join('.')
  const target = table.target ?? (parts.at(-1) as string)
  if (!schema.targets.includes(target))
    throw new TypeError(`${path}.target: the schema has no target ${JSON.stringify(printable(target))}`)
  for (const command of Object.keys(table.operations)) {
    if (!(COMMANDS as readonly string[]).includes(command)) {
      throw new TypeError(`${path}.operations.${printable(command)}: must be one of ${COMMANDS.join(', ')}`)
    }
  }
  const condition = (commands: readonly Command[]) => {
    const operations = new Set(commands.flatMap((command) => table.operations[command] ?? []))
    return [...operations].map((operation) => permits(schema, target, operation, table, path)).join('\n  or ')
  }
  const force = table.force === false ? 'no force' : 'force'
  const policies = COMMANDS.map((command) => {
    const policy = `writ_${command} on ${quoted}`
    // What permits a change must show the rows, or a statement with a condition finds none.
    const using =
      command === 'insert' ? '' : condition(command === 'select' ? ['select', 'update', 'delete'] : [command])
    const check = command === 'insert' || command === 'update' ? condition([command]) : ''
    const to = table.role === undefined ? '' : ` to ${identifier(`${path}.role`, table.role)}`
    const clauses = [using && ` using (\n  ${using}\n)`, check && ` with check (\n  ${check}\n)`].join('')
    const create = clauses === '' ? '' : `create policy ${policy} for ${command}${to}${clauses};\n`
    return `drop policy if exists ${policy};\n${create}`
  })
  return `alter table ${quoted} enable row level security, ${force} row level security;\n${policies.join('')}`
}

/** The condition that one operation puts on a row. */
function permits(schema: Schema, target: string, operation: string, table: TablePolicy, path: string): string {
  const labels = schema.labels(target, operation)
  if (labels === undefined) {
    throw new TypeError(
      `${path}.operations: the schema has no operation ${JSON.stringify(printable(operation))} of ${JSON.stringify(printable(target))}`,
    )
  }
  const right = [target, operation].map((text) => literal(path, text)).join(', ')
  const all = [...labels.required, ...labels.optional].map((label) => literal(path, label))
  const compare = (label: string): string => {
    const given = Object.hasOwn(table.columns, label) ? table.columns[label] : undefined
    if (given === undefined)
      throw new TypeError(`${path}.columns.${printable(label)}: is missing, ${operation} has this label`)
    const { column, type } = typeof given === 'string' ? { column: given, type: 'text' as const } : given
    const convert = Object.hasOwn(CONVERSIONS, type) ? CONVERSIONS[type] : undefined
    if (convert === undefined)
      throw new TypeError(
        `${path}.columns.${printable(label)}.type: must be one of ${Object.keys(CONVERSIONS).join(', ')}`,
      )
    const value = `writ.designation(${literal(path, label)}, ${right})`
    return `${identifier(`${path}.columns.${printable(label)}`, column)} = (${convert(value)})`
  }
  return `(${[
    `(select writ.allows(${[right, ...all].join(', ')}))`,
    ...labels.required.map(compare),
    ...labels.optional.map(
      (label) => `(not (select writ.names(${literal(path, label)}, ${right})) or ${compare(label)})`,
    ),
  ].join('\n    and ')})`
}

/**
 * A query for a designation as a value of the column's type, so that an index of the column is of use. Text that is not
 * exactly what the value prints as is no value: `007` must not stand for 7.
 */
const CONVERSIONS: Readonly<Record<ColumnType, (value: string) => string>> = {
  text: (value) => `select ${value}`,
  integer: (value) => integer(value, 'integer', '-2147483648', '2147483647'),
  bigint: (value) => integer(value, 'bigint', '-9223372036854775808', '9223372036854775807'),
  uuid: (value) =>
    `select case when v ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then v::uuid end from ${value} v`,
}

function integer(value: string, type: string, least: string, most: string): string {
  // One condition inside the other, so that only digits are ever converted.
  const inRange = `case when v::numeric between ${least} and ${most} then v::${type} end`
  return `select case when v ~ '^(0|-?[1-9][0-9]{0,18})$' then ${inRange} end from ${value} v`
}
