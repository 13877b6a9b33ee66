import { CapabilityError } from '../capability-error.ts'
import type { Limits } from '../limits.ts'
import type { RevocationCheck } from '../revocation-check.ts'
import type { CapabilityRequest, Designations, ProvenCapability, VerifiedCapability } from '../verifier.ts'
import { readRequest } from './check-request.ts'
import { type Clock, readClock } from './clock.ts'
import type { RootKeys } from './crypto/root-keys.ts'
import { decide } from './decide/authorize.ts'
import type { Binding } from './decide/bindings.ts'
import { ANCHOR } from './decide/designation.ts'
import { expiryOf } from './decide/expiry.ts'
import { type Right, rightsOf, selectRight } from './decide/kind.ts'
import { assertNotRevoked, idsOf } from './decide/revocation.ts'
import { checkDesignations, checkText } from './options.ts'
import { readToken, statedWorld } from './read-token.ts'
import type { SignedBlock, Token } from './token/decode-token.ts'

/** The options of a verifier, checked and resolved. */
export interface Settings {
  readonly roots: RootKeys
  readonly anchor: string | undefined
  readonly anchored: boolean
  readonly counts: (token: Token, binding: Binding) => boolean
  readonly revocation: RevocationCheck | undefined
  readonly clockTolerance: number
  readonly namespace: string | undefined
  readonly limits: Limits
  readonly now: Clock
}

/** Reads a token and judges what needs no request: kind, life, revocation; in that order, so that only a live one asks the list. */
export async function proveCapability(text: string, settings: Settings): Promise<ProvenCapability> {
  if (typeof text !== 'string') throw new TypeError('token: must be a string')
  const { token, root } = await readToken(text, settings.roots, settings.limits)
  const rights = rightsOf(token.blocks[0] as SignedBlock)
  const expiresAt = expiryOf(token.blocks, statedWorld(token.blocks))
  assertAlive(expiresAt, settings)
  if (settings.revocation !== undefined) await assertNotRevoked(token, root, settings.revocation)
  const describe = (right: Right, designations: Designations) =>
    describeCapability(token, right, designations, expiresAt)
  return Object.freeze({
    capability: describe(rights[0], noDesignations()),
    authorize: async (given: CapabilityRequest) => {
      const request = readRequest(given)
      const right = selectRight(rights, request)
      const designations = await resolveDesignations(request.designations)
      const bound = authorize(token, request, designations, expiresAt, settings)
      return describe(right, bound)
    },
  })
}

/** The time is read here, after the caller's own functions have run: however long they took, the token must still be alive. */
function authorize(
  token: Token,
  request: CapabilityRequest,
  designations: ReadonlyMap<string, string>,
  expiresAt: bigint,
  settings: Settings,
): Designations {
  const time = assertAlive(expiresAt, settings)
  const { anchor, namespace } = settings
  const reserved = new Map(anchor === undefined ? [] : [[ANCHOR, anchor]])
  const { resource, operation, subject } = request
  return decide(
    token,
    { time, resource, operation, subject, namespace, designations, reserved },
    {
      allowUndesignated: request.allowUndesignated === true,
      anchored: settings.anchored,
      counts: (binding) => settings.counts(token, binding),
    },
    settings.limits,
  )
}

/** Returns the time that the checks are to see. */
function assertAlive(expiresAt: bigint, { now, clockTolerance }: Settings): number {
  const time = readClock(now) - clockTolerance
  if (BigInt(time) >= expiresAt) throw new CapabilityError('expired')
  return time
}

async function resolveDesignations(source: CapabilityRequest['designations']): Promise<ReadonlyMap<string, string>> {
  if (source === undefined) return new Map()
  if (typeof source !== 'function') return checkDesignations('designations', source, checkText)
  try {
    return checkDesignations('designations', await source(), checkText)
  } catch (cause) {
    throw cause instanceof CapabilityError ? cause : new CapabilityError('unavailable', { cause })
  }
}

function describeCapability(
  token: Token,
  right: Right,
  designations: Designations,
  expiresAt: bigint,
): VerifiedCapability {
  const capability = {
    kind: 'capability' as const,
    ...right,
    designations,
    expiresAt: Number(expiresAt),
    revocationIds: idsOf(token),
    rootKeyId: token.rootKeyId,
  }
  return Object.freeze(Object.defineProperty(capability, 'token', { value: token.text })) as VerifiedCapability
}

function noDesignations(): Designations {
  return Object.freeze(Object.create(null))
}
