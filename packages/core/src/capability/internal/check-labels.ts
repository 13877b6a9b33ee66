import { printable } from '../../internal/base/printable.ts'
import { rightsOf } from '../../internal/rules/kind.ts'
import type { SignedBlock, Token } from '../../internal/token/decode-token.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Narrowing } from './capability-block.ts'

/** Checks that the option is a schema, before anything else is done. */
export function checkSchema(schema: unknown): asserts schema is Schema | undefined {
  if (schema === undefined || typeof (schema as Partial<Schema> | null)?.labels === 'function') return
  throw new TypeError('schema: must be made by defineSchema, parseSchema or alike; a promise must be awaited')
}

/**
 * Checks labels against the schema. A guard that goes by this schema never names another one, so no request would be met.
 *
 * @throws `TypeError` that starts with `token:` if the schema knows no right of the token, or with `designations.<label>` or
 *   `attested.<label>` for a label that it knows for none of its rights.
 */
export function checkLabels({ blocks }: Token, { designations, attested }: Narrowing, schema: Schema): void {
  const known = rightsOf(blocks[0] as SignedBlock).flatMap(
    ({ resource, operation }) => schema.labels(resource, operation) ?? [],
  )
  if (known.length === 0) throw new TypeError('token: the schema does not know its resource and operation')
  for (const [option, labels] of Object.entries({ designations, attested })) {
    for (const label of labels.keys()) {
      if (known.some(({ required, optional }) => required.includes(label) || optional.includes(label))) continue
      throw new TypeError(`${option}.${printable(label)}: the schema does not know this label for the token's right`)
    }
  }
}
