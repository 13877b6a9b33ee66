/** Reads which labels a token need not bind. A list is copied: the caller could add labels to it while the guard runs. */
export function readAllowUndesignated(value: unknown = false): boolean | readonly string[] {
  if (typeof value === 'boolean') return value
  if (!Array.isArray(value)) throw wrongType()
  const labels: readonly unknown[] = Object.freeze([...value])
  if (!labels.every((label) => typeof label === 'string')) throw wrongType()
  return labels
}

/** Checks that a requirement designates every label of the list: a slip would leave another label unbound, or refuse for ever. */
export function checkDesignated(allowUndesignated: boolean | readonly string[], designate: object): void {
  if (typeof allowUndesignated === 'boolean') return
  const unknown = allowUndesignated.find((label) => !Object.hasOwn(designate, label))
  if (unknown === undefined) return
  throw new TypeError(`allowUndesignated: ${JSON.stringify(unknown)} is not a label of designate`)
}

function wrongType(): TypeError {
  return new TypeError('allowUndesignated: must be a boolean or an array of labels')
}
