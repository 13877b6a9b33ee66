import { checkBoolean, checkName } from '../base/options.ts'
import type { Anchor } from '../rules/anchor.ts'

/**
 * Checks the options about the anchor.
 *
 * @throws `TypeError` naming the option that is wrong.
 */
export function readAnchor({
  anchor,
  allowUnanchored,
}: {
  readonly anchor?: string | null | undefined
  readonly allowUnanchored?: boolean | undefined
}): { readonly anchor: Anchor | undefined } {
  checkBoolean('allowUnanchored', allowUnanchored)
  if (anchor === undefined || anchor === null) return { anchor: undefined }
  checkName('anchor', anchor)
  return { anchor: { name: anchor, required: allowUnanchored !== true } }
}
