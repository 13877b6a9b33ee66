import { isRoot, type Layer, type Path } from './layer.ts'
import { pathOf } from './paths.ts'

/** The params that handlers of a path see, by name; a wildcard of Express 5 is told apart. `undefined`: not known. */
export type Params = ReadonlyMap<string, 'param' | 'wildcard'> | undefined

/** A name is an identifier or quoted text. `\:` is a literal colon. */
const PARAM =
  /\\.|(?<sign>[:*])(?:(?<name>[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)|"(?<quoted>(?:\\.|[^"\\])+)")/gu

/** The params of a layer's own path. */
export function paramsOf(layer: Layer): Params {
  if (isRoot(layer)) return new Map()
  // Only the keys of Express 4 are used: in other versions they are empty until a request matches.
  if (layer.regexp) return paramsOfKeys(layer)
  const path = pathOf(layer)
  return path === undefined ? undefined : paramsOfPath(path)
}

/** The params of both paths; not known if those of either are not. */
export function mergeParams(outer: Params, inner: Params): Params {
  return outer && inner && new Map([...outer, ...inner])
}

/** Answers for `missingParams`: has the path a param of that name? Where that is not known, nothing is reported. */
export function paramLookup(params: Params): (name: string) => boolean | 'wildcard' {
  if (params === undefined) return () => true
  return (name) => {
    const found = params.get(name)
    return found === 'wildcard' ? found : found === 'param'
  }
}

/** The keys of Express 4. They do not tell whether each pattern of a path with several patterns has the param. */
function paramsOfKeys({ keys = [] }: Layer): Params {
  return new Map(keys.map(({ name }) => [String(name), 'param']))
}

/** Of several patterns, the params that all of them have, because a request may match any of them. */
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
