import { checkBoolean, checkName } from '../base/options.ts'

/** The options about the anchor, checked: what it is, and whether a token must have it. Errors: `TypeError` naming the option. */
export function readAnchor({
  anchor,
  allowUnanchored,
}: {
  readonly anchor?: string | undefined
  readonly allowUnanchored?: boolean | undefined
}): { readonly anchor: string | undefined; readonly anchored: boolean } {
  if (anchor !== undefined) checkName('anchor', anchor)
  checkBoolean('allowUnanchored', allowUnanchored)
  return { anchor, anchored: anchor !== undefined && allowUnanchored !== true }
}
