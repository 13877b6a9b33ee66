import {
  addExposure,
  type ContextRequest,
  type ContextVerifierOptions,
  createContextVerifier,
  type MintContextOptions,
  mintContext,
  type VerifiedContext,
} from '../../src/index.ts'
import { fact, pred, rejectIf, timeCheck } from './forge/datalog.ts'
import { forge } from './forge/forge.ts'
import type { BlockSpec, Check, TokenSpec } from './forge/model.ts'
import { root } from './keys.ts'
import { about, NOW } from './verify.ts'

export const now = (): number => NOW
/** When forged contexts end. */
export const END = NOW + 600

/** A context of alice's agent, with the frozen clock. */
export function mint(options: Partial<MintContextOptions> = {}): Promise<string> {
  return mintContext({ subject: 'agent:alice', now, ...options }, root.privateKey)
}

export function add(token: string, ...exposures: readonly string[]): Promise<string> {
  return addExposure(token, root.privateKey, { exposures, source: 'crm', now })
}

/** Verifies with the root key and the frozen clock. */
export function verify(
  token: string,
  { subject, excludes, ...options }: Partial<ContextVerifierOptions> & ContextRequest = {},
): Promise<VerifiedContext> {
  const verifier = createContextVerifier({ keys: root.publicKey, now, ...options })
  const request = { ...(subject !== undefined && { subject }), ...(excludes !== undefined && { excludes }) }
  return about(token, verifier.verify(token, request))
}

/** `reject if exposure({label}), ...` */
export function reject(...labels: readonly string[]): Check {
  return rejectIf(...labels.map((label) => pred('exposure', label)))
}

/** What the authority records of labels, statement for statement. */
export function exposureBlock(...labels: readonly string[]): BlockSpec {
  return {
    facts: [
      fact('exposure_source', 'crm'),
      fact('exposure_time', NOW),
      ...labels.map((label) => fact('exposed_label', label)),
    ],
    checks: labels.map((label) => reject(label)),
  }
}

/** The authority block of a context of alice's agent, and more statements. */
export function contextBlock({ facts = [], checks = [], ...rest }: BlockSpec = {}): BlockSpec {
  return { facts: [fact('context', 'agent:alice'), ...facts], checks: [timeCheck(END), ...checks], ...rest }
}

export function forgeContext(authority: BlockSpec, blocks: readonly BlockSpec[] = [], rest: Partial<TokenSpec> = {}) {
  return forge({ root: root.privateKey, authority, blocks, ...rest })
}
