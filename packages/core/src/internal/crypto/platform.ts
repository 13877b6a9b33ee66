import { nodeCrypto } from './node.ts'
import type { PlatformCrypto } from './platform-crypto.ts'
import { webCrypto } from './web.ts'

let chosen: PlatformCrypto | undefined

/**
 * The crypto of this platform: Node's own on Node, otherwise WebCrypto. Chosen at the first use, because a program may
 * import this module where there is neither.
 */
export function platform(): PlatformCrypto {
  chosen ??= nodeCrypto() ?? webCrypto
  return chosen
}
