import { z } from 'zod'
import { OAuthError } from '../oauth-error.ts'
import { CAPABILITY_DETAILS } from '../token-types.ts'

/** What authorization details say about a capability. */
export interface CapabilityDetails {
  readonly identifier: string | undefined
  readonly action: string | undefined
  readonly locations: readonly string[]
  readonly designations: Readonly<Record<string, string>> | undefined
}

const MAX_LENGTH = 16 * 1024
const text = z.string().min(1).max(4096)

/** One entry, with the members of RFC 9396 section 2.2 and one of our own. */
const entry = z.strictObject({
  type: z.literal(CAPABILITY_DETAILS),
  /** The target. */
  identifier: text.optional(),
  /** The operation. */
  actions: z.array(text).length(1).optional(),
  /** Where the capability is used: the URL or the name of a service. */
  locations: z.array(text).max(8).optional(),
  /** Names the object. Its members are counted and checked below: `z.record` would drop one called `__proto__`. */
  designations: z.custom<object>((value) => typeof value === 'object' && value !== null).optional(),
})

const MAX_DESIGNATIONS = 64

/** @throws `OAuthError` `invalid_authorization_details` */
export function readDetails(json: string | undefined): CapabilityDetails | undefined {
  if (json === undefined) return undefined
  const parsed = z.array(entry).length(1).safeParse(parse(json))
  const [read] = parsed.data ?? []
  if (read === undefined) throw wrong()
  const { identifier, actions, locations = [], designations } = read
  return { identifier, action: actions?.[0], locations, designations: designations && readDesignations(designations) }
}

function readDesignations(designations: object): Readonly<Record<string, string>> {
  const pairs = Object.entries(designations)
  if (Array.isArray(designations) || pairs.length > MAX_DESIGNATIONS) throw wrong()
  if (pairs.some(([label, value]) => !text.safeParse(label).success || !text.safeParse(value).success)) throw wrong()
  return Object.fromEntries(pairs)
}

function parse(json: string): unknown {
  if (json.length > MAX_LENGTH) throw wrong()
  try {
    return JSON.parse(json)
  } catch {
    throw wrong()
  }
}

function wrong(): OAuthError {
  const form = `a list of one object of the type ${CAPABILITY_DETAILS}, with identifier, actions, locations, designations`
  return new OAuthError('invalid_authorization_details', `authorization_details must be ${form}`)
}
