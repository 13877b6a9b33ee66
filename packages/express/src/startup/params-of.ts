import { requirementOf } from '@writ/http'
import { pathOf } from './forms-of.ts'
import { isRoot, type Layer, type Path } from './layer.ts'

/** The params that handlers of a path see: by name, and whether it is a wildcard of Express 5. `undefined`: not known. */
export type Params = ReadonlyMap<string, 'param' | 'wildcard'> | undefined

/** `\:` is literal; a name is an identifier or quoted. */
const PARAM =
  /\\.|(?<sign>[:*])(?:(?<name>[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)|"(?<quoted>(?:\\.|[^"\\])+)")/gu

/** The params of a layer's own path. */
export function paramsOf(layer: Layer): Params {
  if (isRoot(layer)) return new Map()
  // Other versions have keys too, but fill them in only when a request matches.
  if (layer.regexp) return paramsOfKeys(layer)
  const path = pathOf(layer)
  return path === undefined ? undefined : paramsOfPath(path)
}

/** Both; unknown if either is. */
export function mergeParams(outer: Params, inner: Params): Params {
  return outer && inner && new Map([...outer, ...inner])
}

/** What is wrong with a guard that takes designations from params which its path does not have. */
export function missingParams(handle: object, params: Params): string[] {
  const description = requirementOf(handle)
  if (params === undefined || description === undefined || description === 'public') return []
  const requirements = Array.isArray(description) ? description : [description]
  return requirements.flatMap(({ designate }) =>
    Object.values(designate).flatMap((source) => {
      if (typeof source !== 'string' || params.get(source) === 'param') return []
      return params.has(source)
        ? [`designate: "${source}" is a wildcard with several values, use a function`]
        : [`designate: "${source}" is no param of this path`]
    }),
  )
}

/** Express 4 keeps the names; in a path of several patterns each must have them, which it does not tell. */
function paramsOfKeys({ keys = [] }: Layer): Params {
  return new Map(keys.map(({ name }) => [String(name), 'param']))
}

/** Of several patterns only what all of them have: a request may match any. */
function paramsOfPath(path: Path): Params {
  if (path instanceof RegExp) return undefined
  if (typeof path === 'string') {
    return new Map(
      [...path.matchAll(PARAM)].flatMap(({ groups }) => {
        const name = groups?.['name'] ?? groups?.['quoted']
        return name === undefined ? [] : [[name, groups?.['sign'] === '*' ? 'wildcard' : 'param'] as const]
      }),
    )
  }
  const [first, ...others] = path.map(paramsOfPath)
  if (!first || others.includes(undefined)) return undefined
  return new Map([...first].filter(([name]) => others.every((other) => other?.has(name))))
}
