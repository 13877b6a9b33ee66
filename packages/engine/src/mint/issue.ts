import { mintCapability, parseDuration } from '@writ/core'
import type { MintedCapability } from '../engine.ts'
import { EngineError } from '../engine-error.ts'
import { designationsOf } from '../resolvers/internal/values.ts'
import { type Bounds, least } from './check-ancestors.ts'
import { type Asked, detailsOf, type Parts } from './plan.ts'

const DEFAULT_LIFETIME_SECONDS = 300
/** Without `max_ttl` in the policy. */
const MAX_LIFETIME_SECONDS = 3600

/**
 * Step `issue`: mints the capability, with every designation in the authority block. The ledger of uses is asked last.
 *
 * @param commit - `false` for a dry run: the ledger is not told.
 */
export async function issue(
  asked: Asked,
  designations: ReadonlyMap<string, string>,
  { anchor, maxTtl, attestedBy }: Bounds,
  { keys: { active }, singleUse, now }: Parts,
  commit: boolean,
): Promise<Omit<MintedCapability, 'context'>> {
  const { subject, target, operation, endsBy, request } = asked
  const time = Math.floor(now())
  const wanted = parseDuration('expiresIn', request.expiresIn ?? DEFAULT_LIFETIME_SECONDS)
  const left = endsBy === undefined ? undefined : endsBy - time
  if (left !== undefined && left <= 0) throw new EngineError('subject', 'wrong_identity', detailsOf(asked))
  const lifetime = least(Math.min(wanted, maxTtl ?? MAX_LIFETIME_SECONDS), left) as number
  if (!Number.isSafeInteger(time + lifetime)) throw new TypeError('expiresIn: ends too far in the future')
  if (request.singleUse && singleUse === undefined) {
    throw new EngineError('issue', 'single_use_unavailable', detailsOf(asked))
  }
  const pairs = Object.freeze(designationsOf(designations))
  const own = [...designations].filter(([label]) => !attestedBy.has(label))
  const attested = [...attestedBy].map(
    ([label, by]) => [label, { value: designations.get(label) as string, by }] as const,
  )
  const capability = await mint(asked, () =>
    mintCapability(
      {
        subject,
        resource: target,
        operation,
        designations: Object.fromEntries(own),
        ...(attested.length === 0 ? {} : { attested: Object.fromEntries(attested) }),
        ...(anchor === undefined ? {} : { anchor }),
        expiresIn: lifetime,
        ...(active.rootKeyId === undefined ? {} : { rootKeyId: active.rootKeyId }),
        ...(request.singleUse && commit ? { singleUse } : {}),
        now: () => time,
      },
      active.privateKey,
    ),
  )
  return { capability, subject, target, operation, designations: pairs, anchor, expiresAt: time + lifetime }
}

async function mint(asked: Asked, run: () => Promise<string>): Promise<string> {
  try {
    return await run()
  } catch (cause) {
    // A name that no token can hold, or a ledger that failed.
    throw new EngineError('issue', cause instanceof TypeError ? 'wrong_designation' : 'unavailable', {
      ...detailsOf(asked),
      cause,
    })
  }
}
