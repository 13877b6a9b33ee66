import type { Requirements } from '../../create-guard-engine.ts'
import type { HttpGuardOptions } from '../../guard-options.ts'
import { checkFunction, checkKeys, isRecord } from '../../internal/options.ts'
import { compileRequirement, type FrozenRequirement } from '../../requirement.ts'
import { missingParams } from '../../startup/missing-params.ts'
import type { UpgradeOptions, UpgradeRoute } from '../upgrade-types.ts'
import { type PathPattern, readPattern } from './match-path.ts'
import { PROTOCOLS } from './protocol-token.ts'

/** The checked options of a guard of upgrades. */
export interface UpgradeSettings<Request, Socket, Head> {
  readonly guard: HttpGuardOptions<Request>
  readonly routes: readonly ReadRoute<Request, Socket, Head>[]
  /** The beginning of a subprotocol that holds a token. `undefined` if tokens come in a header. */
  readonly protocol: string | undefined
  readonly allow: readonly unknown[]
}

interface ReadRoute<Request, Socket, Head> {
  readonly pattern: PathPattern
  readonly requirements: Requirements<Request> | 'public'
  readonly accept: UpgradeRoute<Request, Socket, Head>['accept']
}

const ROUTE = { requirement: true, accept: true } satisfies Record<keyof UpgradeRoute<never, never, never>, true>

/** Reads what concerns upgrades alone: options of a verifier and of a guard are left to `createGuardEngine`. */
export function readUpgradeOptions<Request, Socket, Head>(
  options: UpgradeOptions<Request, Socket, Head>,
): UpgradeSettings<Request, Socket, Head> {
  if (!isRecord(options)) throw new TypeError('options: must be an object')
  const { routes, allow = [], tokenFrom, ...others } = options
  if ('refuse' in others) throw new TypeError('refuse: unknown option; the guard of upgrades answers itself')
  if (!isRecord(routes)) throw new TypeError('routes: must be an object from path to route')
  if (!Array.isArray(allow)) throw new TypeError('allow: must be an array of functions')
  for (const listener of allow) checkFunction('allow', listener)
  const protocol = readProtocol(tokenFrom)
  return {
    guard: {
      ...others,
      tokenFrom: protocol === undefined ? tokenFrom : { header: PROTOCOLS },
    } as HttpGuardOptions<Request>,
    routes: Object.entries(routes).map(([path, route]) => readRoute(path, route)),
    protocol,
    allow,
  }
}

/** Subprotocols are tokens of RFC 9110 section 5.6.2. */
function readProtocol(tokenFrom: unknown): string | undefined {
  if (!isRecord(tokenFrom) || !('protocol' in tokenFrom)) return undefined
  checkKeys(tokenFrom, { protocol: true }, 'tokenFrom.')
  const { protocol } = tokenFrom
  if (typeof protocol !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(protocol))
    throw new TypeError('tokenFrom.protocol: must be the beginning of a subprotocol')
  return protocol
}

function readRoute<Request, Socket, Head>(
  path: string,
  route: UpgradeRoute<Request, Socket, Head>,
): ReadRoute<Request, Socket, Head> {
  const pattern = readPattern(path)
  if (!isRecord(route)) throw new TypeError(`routes: "${path}": must be an object`)
  checkKeys(route, ROUTE, `routes: "${path}": `)
  const { requirement, accept } = route
  if (typeof accept !== 'function') throw new TypeError(`routes: "${path}": accept: must be a function`)
  return { pattern, accept, requirements: readRequirements(path, pattern, requirement) }
}

function readRequirements<Request>(
  path: string,
  { names }: PathPattern,
  requirement: UpgradeRoute<Request, never, never>['requirement'],
): Requirements<Request> | 'public' {
  if (requirement === 'public') return requirement
  const given = Array.isArray(requirement) ? requirement : [requirement]
  const [first, ...others] = given.map((one): FrozenRequirement<Request> => compileRequirement<Request>(one))
  if (first === undefined) throw new TypeError('requirement: an array must hold at least one')
  const [missing] = missingParams([first, ...others], (name) => names.includes(name))
  if (missing !== undefined) throw new TypeError(`routes: "${path}": ${missing}`)
  return [first, ...others]
}
