import * as fc from 'fast-check'
import {
  activationCheck,
  capabilityBlock,
  checkAll,
  checkIfAny,
  designationCheck,
  fact,
  pred,
  query,
  timeCheck,
} from '../forge/datalog.ts'
import type { BlockSpec, Check, Predicate, Signing, TokenSpec } from '../forge/model.ts'
import { lowestVersion } from '../forge/version.ts'
import * as keys from '../keys.ts'
import type { OracleRequest } from '../oracle/oracle.ts'
import { CheckSource, type Plan, randomFact, randomScopes, type Stated } from './check.ts'
import { Draw } from './draw.ts'
import { LABELS, NOW, OPERATIONS, RESOURCES, SIGNERS, SUBJECTS, termOf, VALUES } from './terms.ts'

/** A token of the Writ profile, the key to prove it with, and requests: one meant to be accepted, then near misses. */
export interface ProfileCase {
  readonly spec: TokenSpec
  readonly rootKey: string
  readonly requests: readonly OracleRequest[]
}

/**
 * Tokens of the Writ profile: the authority block of a capability, up to four blocks more of any signer, all operators, terms and
 * scopes, forged facts, both curves, both payload versions.
 *
 * @param requests - How many requests go with each token.
 */
export function profileCases(requests = 4): fc.Arbitrary<ProfileCase> {
  const tape = fc.uint8Array({ minLength: 96, maxLength: 480, size: 'max' })
  return tape.map((bytes) => profileCase(new Draw(bytes), requests))
}

function profileCase(draw: Draw, count: number): ProfileCase {
  const plan = planOf(draw)
  const isP256 = draw.chance(15)
  const root = isP256 ? keys.rootP256 : keys.root
  const promised = draw.several(2, 25, () => attestation(draw, plan))
  const laterBlocks = draw.several(4, 45, () => draw.below(4))
  const signers = [...promised.map(({ signer }) => signer), ...laterBlocks.map((kind) => signerOf(kind, draw))]
  const stated: Stated[] = []
  const blocks = [undefined, ...signers].map((signer, index): BlockSpec => {
    const isPromise = index > 0 && index <= promised.length
    const facts = [
      ...(index === 0 ? [fact('right', plan.subject, plan.resource, plan.operation)] : []),
      ...(isPromise && !draw.chance(8) ? [(promised[index - 1] as Attestation).fact] : []),
      ...draw.several(4, 40, () => randomFact(draw, plan, (type) => termOf(type, draw))),
    ]
    stated.push(...facts.map((each) => ({ fact: each, block: index, ...(signer ? { signer: signer.publicKey } : {}) })))
    const checks = [
      ...(index === 0 ? authorityChecks(draw, plan, promised) : narrowing(draw, plan)),
      ...draw.several(5, 62, () => new CheckSource(draw, plan, index, stated).check()),
    ]
    return finish(draw, { facts, checks }, index, signer)
  })
  const [authority, ...rest] = blocks as [BlockSpec, ...BlockSpec[]]
  const sealed = draw.chance(8)
  const spec: TokenSpec = {
    root: root.privateKey,
    authority,
    blocks: rest,
    ...(sealed ? { sealed } : {}),
    ...(draw.chance(10) ? { rootKeyId: draw.below(5) } : {}),
  }
  return { spec, rootKey: root.publicKey, requests: requestsOf(draw, plan, count) }
}

interface Attestation {
  readonly signer: keys.TestKey
  readonly fact: Predicate
  readonly check: Check
}

/** A check that only an attester's block can satisfy, or the verifier itself, and the fact that does. */
function attestation(draw: Draw, plan: Plan): Attestation {
  const signer = draw.pick(SIGNERS)
  if (draw.chance(50)) {
    return { signer, fact: fact('activation', plan.time - 5), check: activationCheck(signer.publicKey) }
  }
  const [label, value] = draw.pick([...Object.entries(plan.designations), ['region', 'eu'] as const])
  return {
    signer,
    fact: fact('designation', label, value),
    check: designationCheck(label, value, { key: signer.publicKey }),
  }
}

function planOf(draw: Draw): Plan {
  const labels = draw.several(3, 45, () => draw.pick(LABELS))
  return {
    subject: draw.pick(SUBJECTS),
    resource: draw.pick(RESOURCES),
    operation: draw.pick(OPERATIONS),
    time: NOW,
    expiration: NOW + draw.pick([60, 1, 3600, 2 ** 31]),
    designations: Object.fromEntries(labels.map((label) => [label, draw.pick(VALUES)])),
  }
}

function authorityChecks(draw: Draw, plan: Plan, promised: readonly Attestation[]): readonly Check[] {
  const designations = Object.entries(plan.designations).filter(() => draw.chance(60))
  return [
    ...(capabilityBlock({ ...plan, designations: {} }).checks ?? []),
    ...designations.map(([label, value]) => binding(draw, plan, label, value)),
    ...promised.map(({ check }) => check),
  ]
}

/** What `attenuate` writes. */
function narrowing(draw: Draw, plan: Plan): readonly Check[] {
  const designations = Object.entries(plan.designations).filter(() => draw.chance(50))
  return [
    ...designations.map(([label, value]) => binding(draw, plan, label, draw.chance(4) ? draw.pick(VALUES) : value)),
    ...(draw.chance(20) ? [timeCheck(plan.expiration - draw.below(3), 't')] : []),
  ]
}

/** Most often the check that minters write; else one with another way out, which may bind the designation or not. */
function binding(draw: Draw, plan: Plan, label: string, value: string): Check {
  const pair = pred('designation', label, value)
  const place = pred('resource', plan.resource)
  switch (draw.chance(20) ? 1 + draw.below(5) : 0) {
    case 1:
      return checkIfAny(query(pair), query(place))
    case 2:
      return checkIfAny(query(place), query(pair))
    case 3:
      return checkIfAny(query(pair, place), query(pair))
    case 4:
      return checkIfAny(query(pair), query(pred('designation', label, draw.pick(VALUES))))
    case 5:
      return checkAll(pair)
    default:
      return designationCheck(label, value)
  }
}

function signerOf(kind: number, draw: Draw): keys.TestKey | undefined {
  return kind < 2 ? undefined : draw.pick(SIGNERS)
}

/** Scopes of the block, its versions, and its keys. */
function finish(draw: Draw, content: BlockSpec, index: number, signer: keys.TestKey | undefined): BlockSpec {
  const block = { ...content, ...(draw.chance(8) ? { scope: randomScopes(draw) } : {}) }
  const lowest = Math.max(lowestVersion(block), signer === undefined ? 3 : 5)
  const version = lowest + (draw.chance(25) ? draw.below(7 - lowest) : 0)
  const signing: Signing = {
    ...(signer === undefined ? {} : { external: signer.privateKey }),
    ...(draw.chance(10) ? { nextKey: keys.testKey('next', 'secp256r1').privateKey } : {}),
    ...(draw.chance(25) ? { payloadVersion: 1 } : {}),
  }
  return { ...block, version, signing, ...(draw.chance(5) ? { context: 'context', symbols: [`unused ${index}`] } : {}) }
}

function requestsOf(draw: Draw, plan: Plan, count: number): readonly OracleRequest[] {
  const { time, resource, operation, designations } = plan
  const meant = { time, resource, operation, designations }
  return Array.from({ length: count }, (_, index) => (index === 0 ? meant : nearMiss(draw, plan, meant)))
}

function nearMiss(draw: Draw, plan: Plan, meant: OracleRequest): OracleRequest {
  const labels = Object.keys(plan.designations)
  const label = labels.length > 0 && draw.chance(50) ? draw.pick(labels) : draw.pick(LABELS)
  const value = draw.pick(VALUES)
  switch (draw.below(8)) {
    case 0:
      return { ...meant, subject: plan.subject }
    case 1:
      return { ...meant, subject: draw.pick(SUBJECTS) }
    case 2:
      return { ...meant, time: draw.pick([plan.expiration, plan.expiration - 1, plan.expiration + 1, 0, NOW + 30]) }
    case 3:
      return { ...meant, resource: draw.pick(RESOURCES) }
    case 4:
      return { ...meant, operation: draw.pick(OPERATIONS) }
    case 5: {
      const others = Object.entries(plan.designations).filter(([known]) => known !== label)
      return { ...meant, designations: Object.fromEntries(others) }
    }
    default:
      return { ...meant, designations: { ...plan.designations, [label]: value } }
  }
}
