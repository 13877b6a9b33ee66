import { CapabilityError, createVerifier, inspect } from '@writ/core'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { NOW } from '../../../core/test/support/gen/terms.ts'
import { root } from '../../../core/test/support/keys.ts'
import { tokens } from './tokens.ts'
import { OWN_CODES, prepareVerdicts, type Queryable, type Verdict, verdictsOf } from './verdicts.ts'

const BATCH = 100

/** Trusts the key of the tokens, and stops the clock. */
export async function prepareAgreement(owner: Queryable): Promise<void> {
  await prepareVerdicts(owner, NOW)
  for (const id of [null, 0, 1]) await owner.query('select writ.trust($1, $2)', [root.publicKey, id])
}

/**
 * Holds the verdicts of a database against those of core.
 *
 * @param count - How many tokens.
 * @returns How often each verdict came.
 */
export async function agree(
  owner: Queryable,
  anchor: string | null,
  count: number,
  seed: number,
): Promise<ReadonlyMap<string, number>> {
  await owner.query('select writ.be($1)', [anchor])
  const seen = new Map<string, number>()
  for (const batch of batches(fc.sample(tokens, { numRuns: count, seed }))) {
    const given = await verdictsOf(
      owner,
      batch.map(({ token }) => token),
    )
    for (const [index, { token, isWritten }] of batch.entries()) {
      const ofDatabase = given[index] as Verdict
      const name = typeof ofDatabase === 'string' ? ofDatabase : 'accepted'
      seen.set(name, (seen.get(name) ?? 0) + 1)
      // What the database does not support it refuses by a code of its own, whatever core says.
      // Of what writers write, that is only a string with the one character that PostgreSQL has no text for.
      const isOwn = typeof ofDatabase === 'string' && OWN_CODES.has(ofDatabase)
      if (isOwn && (!isWritten || Buffer.from(token, 'base64url').includes('nul\0'))) continue
      expect({ token, verdict: ofDatabase }).toEqual({ token, verdict: await coreVerdict(token, anchor) })
    }
  }
  return seen
}

function batches<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) =>
    all.slice(index * BATCH, (index + 1) * BATCH),
  )
}

/** What core says of a token, for a request that names all that the token binds. */
export async function coreVerdict(token: string, anchor: string | null): Promise<Verdict> {
  const key = root.publicKey
  const verifier = createVerifier({
    keys: new Map<number | 'default', string>([
      ['default', key],
      [0, key],
      [1, key],
    ]),
    anchor,
    now: () => NOW,
  })
  const read = await inspect(token).catch(() => undefined)
  const designations: Record<string, string> = Object.create(null)
  for (const { label, value } of read?.designations ?? []) {
    // Core takes no request with an empty label.
    if (label !== 'anchor' && label !== 'facet' && label !== '') designations[label] ??= value
  }
  try {
    const { capability } = await verifier.prove(token)
    const { resource, operation } = capability
    const {
      subject,
      expiresAt,
      designations: bound,
    } = await verifier.verify(token, { resource, operation, designations })
    return { subject, resource, operation, expires: expiresAt, designations: { ...bound } }
  } catch (error) {
    if (error instanceof CapabilityError) return error.code
    throw error
  }
}
