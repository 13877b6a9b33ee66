/** The names of the options of one interface: `satisfies Record<keyof Options, true>` keeps them complete. */
type OptionNames = Readonly<Record<string, true>>

/** Checks that `options` is an object with no keys but `names`; the error names the key. */
export function checkKeys(options: unknown, names: OptionNames): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new TypeError('options: must be an object')
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(names, key))
  if (unknown === undefined) return
  throw new TypeError(`${unknown}: unknown option, must be one of ${Object.keys(names).join(', ')}`)
}
