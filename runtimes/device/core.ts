// In place of @writ/core in the cases, for engines that verify and write nothing. The cases run twice: on Node, where what
// writes tokens does so and its results are kept, in order; and on a device, where they are given again in that order.
import * as core from '#core'
import { wrap } from '#wrap'

export * from '#core'

/** A device answers at once unless it is told not to. Some cases ask for keys that come later. */
export const createVerifier: typeof core.createVerifier = ((options: object) =>
  core.createVerifier({ ...options, sync: false } as never)) as never

export const generateKeyPair = wrap('generateKeyPair')
export const mintCapability = wrap('mintCapability')
export const mintIdentity = wrap('mintIdentity')
export const mintContext = wrap('mintContext')
export const attenuate = wrap('attenuate')
export const attest = wrap('attest')
export const activate = wrap('activate')
export const completeUse = wrap('completeUse')
export const seal = wrap('seal')
export const delegateIdentity = wrap('delegateIdentity')
export const presentIdentity = wrap('presentIdentity')
export const addExposure = wrap('addExposure')
export const compactContext = wrap('compactContext')
export const excludeExposures = wrap('excludeExposures')
