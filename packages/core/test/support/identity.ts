import { createIdentityVerifier, type IdentityVerifierOptions, type VerifiedIdentity } from '../../src/index.ts'
import { binary, checkIf, type Operand, pred, timeCheck, variable } from './forge/datalog.ts'
import { forge } from './forge/forge.ts'
import type { BinaryName, Block, BlockSpec, Check, Expression, TokenSpec } from './forge/model.ts'
import { root, type TestKey } from './keys.ts'
import { acceptedByReference, type Statement } from './oracle/hessra.ts'
import { about, NOW } from './verify.ts'

const A = variable('a')

/** `$a.starts_with({name} + ":")` */
export function below(name: string, delimiter = ':'): Expression {
  return binary(A, 'startsWith', binary(name, 'add', delimiter))
}

/** `$a == {name}`, with the operator of current minters unless told otherwise. */
export function equals(name: Operand, kind: BinaryName = 'equal'): Expression {
  return binary(A, kind, name)
}

/** `check if actor($a), <expression>` */
export function actorCheck(expression: Expression): Check {
  return checkIf(pred('actor', A), expression)
}

/** `check if actor($a), $a == {name} || $a.starts_with({name} + ":")`, as current minters write it. */
export function openCheck(name: string): Check {
  return actorCheck([...equals(name), { closure: below(name) }, { binary: 'lazyOr' }])
}

/** `check if actor($a), $a == {name}` */
export function exactCheck(name: string): Check {
  return actorCheck(equals(name))
}

/** `check if actor_depth($d), $d <= {most}` */
export function depthCheck(most: number | bigint): Check {
  return checkIf(pred('actor_depth', variable('d')), binary(variable('d'), 'lessOrEqual', most))
}

export interface IdentityShape {
  readonly subject?: string
  /** Default: `openCheck` of the subject. */
  readonly names?: readonly Check[]
  /** Unix seconds; default 2000000000. */
  readonly expiration?: number
  readonly checks?: readonly Check[]
}

/** The authority block of an identity, delegatable unless told otherwise, statement for statement as minters write it. */
export function identityBlock(shape: IdentityShape = {}): Block {
  const { subject = 'agent:alice', expiration = 2_000_000_000, names = [openCheck(subject)], checks = [] } = shape
  return { facts: [pred('subject', subject)], checks: [...names, timeCheck(expiration), ...checks] }
}

/** The block of a delegation, which a holder can also write as their own. */
export function delegationBlock(name: string, expiration = 2_000_000_000): Block {
  return { checks: [openCheck(name), timeCheck(expiration)] }
}

/** An identity of agent:alice, with more blocks if given, signed by the root key. */
export function identity(
  authority: BlockSpec = identityBlock(),
  blocks: readonly BlockSpec[] = [],
  rest: Partial<TokenSpec> = {},
): string {
  return forge({ root: root.privateKey, authority, blocks, ...rest })
}

/** Verifies with the root key and the frozen clock. */
export function speaks(
  token: string,
  { identity: asked, ...options }: Partial<IdentityVerifierOptions> & { identity?: string } = {},
): Promise<VerifiedIdentity> {
  const verifier = createIdentityVerifier({ keys: root.publicKey, now: () => NOW, ...options })
  return about(token, verifier.verify(token, asked === undefined ? {} : { identity: asked }))
}

/** Verifies as somebody. */
export function speaksAs(
  token: string,
  name: string,
  options: Partial<IdentityVerifierOptions> = {},
): Promise<VerifiedIdentity> {
  return speaks(token, { identity: name, ...options })
}

/** Whether the named verifier of the Hessra open core, run by biscuit-wasm alone, takes the bearer for `name`. */
export function speaksByReference(
  token: string,
  { publicKey }: TestKey,
  name: string,
  now: number,
  ...more: readonly Statement[]
): boolean {
  return acceptedByReference(token, publicKey, [['time({now})', { now }], ['actor({name})', { name }], ...more])
}
