import { type Duration, parseDuration } from '@writ/core/hold'
import { designationsOf } from '../../internal/designations-of.ts'
import { compileToolRequirement } from '../../tool-requirement.ts'
import type { AgentTool } from '../agent-session.ts'

/** A tool as a session keeps it. */
export interface ReadTool<Result> {
  readonly resource: string
  readonly operation: string
  readonly anchor: string | undefined
  readonly singleUse: boolean
  readonly expiresIn: Duration
  readonly exposes: AgentTool<Result>['exposes']
  /** What a call names. Throws for arguments that name nothing. */
  designations(args: Readonly<Record<string, unknown>>): Readonly<Record<string, string>>
}

const KEYS = {
  designate: true,
  anchor: true,
  resource: true,
  operation: true,
  singleUse: true,
  expiresIn: true,
  exposes: true,
} satisfies Record<keyof AgentTool<unknown>, true>

/** @throws `TypeError` that starts with `tools`. */
export function readTools<Result>(
  tools: Readonly<Record<string, AgentTool<Result>>>,
): ReadonlyMap<string, ReadTool<Result>> {
  if (typeof tools !== 'object' || tools === null) throw new TypeError('tools: must be an object')
  // A map: the names that are looked up come from a model.
  return new Map(Object.entries(tools).map(([name, tool]) => [name, readTool(name, tool)]))
}

function readTool<Result>(name: string, tool: AgentTool<Result>): ReadTool<Result> {
  const unknown = Object.keys(tool).find((key) => !Object.hasOwn(KEYS, key))
  if (unknown !== undefined) throw new TypeError(`tools.${name}.${unknown}: unknown`)
  const { designate, resource, operation, anchor, singleUse = false, expiresIn = '10s', exposes } = tool
  parseDuration(`tools.${name}.expiresIn`, expiresIn)
  const declared = { designate: typeof designate === 'function' ? undefined : designate, resource, operation }
  const { requirement } = compileToolRequirement(declared, { resource: `tool:${name}`, operation: 'invoke' })
  if (requirement === 'public') throw new TypeError(`tools.${name}: must be an object`)
  return {
    resource: requirement.resource,
    operation: requirement.operation,
    anchor,
    singleUse,
    expiresIn,
    exposes,
    designations: typeof designate === 'function' ? designate : (args) => designationsOf(requirement.designate, args),
  }
}
