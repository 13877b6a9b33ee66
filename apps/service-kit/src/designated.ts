/**
 * What a capability was proven for, by label. A service that calls another one takes these, never what URL or body say.
 *
 * Throws an `Error` for a label that the route's guard did not ask for.
 */
export function designated<Label extends string>(
  { designations }: { readonly designations: Readonly<Record<string, string>> },
  labels: readonly Label[],
): Readonly<Record<Label, string>> {
  const pairs = labels.map((label) => {
    const value = Object.hasOwn(designations, label) ? designations[label] : undefined
    if (value === undefined) throw new Error(`the guard did not ask for ${label}`)
    return [label, value] as const
  })
  return Object.fromEntries(pairs) as Record<Label, string>
}
