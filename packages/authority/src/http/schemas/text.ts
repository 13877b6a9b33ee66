import { z } from '@hono/zod-openapi'

const MAX_NAME = 256
const MAX_TOKEN = 65_536
const MAX_LABELS = 32

/** A name: of a subject, a target, an operation, a service. */
export const Name: z.ZodString = z.string().min(1).max(MAX_NAME).openapi({ example: 'service:gateway' })

/** A token, URL-safe base64. */
export const Token: z.ZodString = z.string().min(1).max(MAX_TOKEN)

/** A lifetime in seconds. */
export const Seconds: z.ZodNumber = z.number().int().positive().max(31_536_000)

/** Unix seconds. */
export const Time: z.ZodNumber = z.number().int().nonnegative().max(253_402_300_799)

/** A number of the query: a cursor, a time. */
export const Digits: z.ZodString = z.string().regex(/^[0-9]{1,15}$/)

/** Such a number, once it was validated. */
export function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

/** Names an object: one value per label. */
export const Designations: z.ZodType<Record<string, string>> = z
  .record(z.string().min(1).max(MAX_NAME), z.string().max(MAX_NAME * 4))
  .refine((pairs) => Object.keys(pairs).length <= MAX_LABELS, 'too many labels')
  .openapi({ type: 'object', additionalProperties: { type: 'string' }, maxProperties: MAX_LABELS })
