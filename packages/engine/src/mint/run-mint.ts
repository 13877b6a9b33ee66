import type { MintedCapability, MintRequest } from '../engine.ts'
import { askForLabels } from './ask-policy.ts'
import { checkAncestors } from './check-ancestors.ts'
import { checkExposure } from './check-exposure.ts'
import { checkSchema } from './check-schema.ts'
import { collectDesignations } from './collect-designations.ts'
import { findGrant } from './find-grant.ts'
import { identifyAsker } from './identify-asker.ts'
import { issue } from './issue.ts'
import { type Asked, detailsOf, type Parts } from './plan.ts'
import { inSession, recordExposure, verifyContext } from './session.ts'

/**
 * Takes all steps of a mint, in the order of `MINT_STEPS`. The resolver runs while no session is held, so the exposures are
 * looked at once before it and once more when the capability is issued.
 *
 * @param commit - `false` for a dry run: the same steps, but nothing is spent or recorded.
 */
export async function runMint(request: MintRequest, parts: Parts, commit: boolean): Promise<MintedCapability> {
  const { target, operation, context: token } = request
  const asker = await identifyAsker(request, parts, { subject: request.subject, target, operation })
  const asked: Asked = { ...asker, target, operation, request }
  const granted = await findGrant(asked, parts)
  const context = token === undefined ? undefined : await verifyContext(token, asked, parts)
  if (context === undefined) checkExposure(undefined, asked, parts)
  else {
    await inSession(context, asked, parts, async (exposures) => {
      checkExposure(exposures, asked, parts)
      return { result: undefined, exposures: [] }
    })
  }
  const designations = await collectDesignations(asked, granted, parts)
  const bounds = await checkAncestors(asked, granted, designations, parts)
  checkSchema(asked, designations, bounds, parts)
  if (context === undefined) return issue(asked, designations, bounds, parts, commit)
  return inSession(context, asked, parts, async (exposures) => {
    checkExposure(exposures, asked, parts)
    const classified = askForLabels('exposure', detailsOf(asked), () => parts.policy.classification(target))
    const recorded = await recordExposure(context, [...exposures, ...classified], target, asked, parts)
    const minted = await issue(asked, designations, bounds, parts, commit)
    const result = { ...minted, context: recorded.token }
    return commit ? { result, exposures: classified, context: recorded.context } : { result, exposures: [] }
  })
}
