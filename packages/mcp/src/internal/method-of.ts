/**
 * The method that a request handler is for: the second line of the SDK names it, the first line passes a schema whose member
 * `method` is a literal, of zod 3 or 4.
 *
 * @throws `TypeError` if it cannot be told: then nobody knows what would run.
 */
export function methodOf(first: unknown): string {
  if (typeof first === 'string') return first
  const { shape, _def } = (first ?? {}) as { readonly shape?: unknown; readonly _def?: { readonly shape?: unknown } }
  const members = shape ?? (typeof _def?.shape === 'function' ? (_def.shape as () => unknown)() : _def?.shape)
  const literal = (members as { readonly method?: unknown } | undefined)?.method as
    | { readonly value?: unknown; readonly _def?: { readonly value?: unknown; readonly values?: readonly unknown[] } }
    | undefined
  const method = literal?.value ?? literal?._def?.value ?? literal?._def?.values?.[0]
  if (typeof method !== 'string') throw new TypeError('setRequestHandler: its method cannot be told')
  return method
}
