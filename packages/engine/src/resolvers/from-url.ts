import { type MatchFunction, match } from 'path-to-regexp'
import { designationsOf } from './internal/values.ts'
import { type Resolver, ResolverError } from './resolver.ts'

/** Longer paths are refused before they are matched. */
const MAX_LENGTH = 2048

/**
 * Takes designations from the path of a URL (`input.url`). Query and fragment are ignored. Each segment is decoded once.
 * An empty segment, or one that holds an encoded slash, backslash or a dot segment, is refused.
 *
 * @param templates - One or several, such as `/tenants/:tenantId/invoices/:invoiceId`: each param is a label. The first that
 *   matches counts.
 * @returns A resolver that refuses if no template matches.
 * @throws `TypeError` that starts with `templates`.
 *
 * @example
 * ```ts
 * import { fromUrl } from '@writ/engine'
 *
 * const resolver = fromUrl('/tenants/:tenantId/invoices')
 * const input = { url: '/tenants/acme/invoices?page=2' }
 * console.log(await resolver({ subject: 'a:b', target: 'invoices', operation: 'list', input })) // { tenantId: 'acme' }
 * ```
 */
export function fromUrl(...templates: readonly string[]): Resolver {
  if (templates.length === 0) throw new TypeError('templates: at least one is required')
  const matchers = templates.map(readTemplate)
  return ({ input }) => {
    const path = readPath(input.url)
    for (const matcher of matchers) {
      const found = matcher(path)
      if (found !== false)
        return designationsOf(Object.entries(found.params).map(([label, raw]) => [label, decode(raw, label)]))
    }
    throw new ResolverError('the URL matches no template')
  }
}

type Params = Record<string, string | string[]>

function readTemplate(template: string, index: number): MatchFunction<Params> {
  if (typeof template !== 'string' || !template.startsWith('/')) {
    throw new TypeError(`templates[${index}]: must be a path that starts with a slash`)
  }
  if (/[{}*]/.test(template)) throw new TypeError(`templates[${index}]: must have neither wildcards nor optional parts`)
  try {
    return match<Params>(template, { decode: false, sensitive: true, trailing: false })
  } catch (cause) {
    throw new TypeError(`templates[${index}]: is no template`, { cause })
  }
}

function readPath(url: unknown): string {
  if (typeof url !== 'string') throw new ResolverError('there is no URL')
  const start = /^[a-z][a-z0-9+.-]{0,31}:\/\/[^/?#]{0,512}/i.exec(url)?.[0].length ?? 0
  const [path = ''] = url.slice(start, start + MAX_LENGTH + 1).split(/[?#]/, 1)
  if (path.length > MAX_LENGTH) throw new ResolverError('the URL is too long')
  if (!path.startsWith('/') || path.includes('\\')) throw new ResolverError('the URL has no path')
  if (path.slice(1).split('/').includes('')) throw new ResolverError('the URL has an empty segment')
  return path
}

function decode(raw: string | string[], label: string): string {
  let value: string
  try {
    value = decodeURIComponent(String(raw))
  } catch {
    throw new ResolverError('the URL is not well encoded', label)
  }
  if (/[/\\]/.test(value) || value === '.' || value === '..') throw new ResolverError('a segment hides a path', label)
  return value
}
