/** Which file it is depends on the entry: see bundle.mjs. */
declare module '#crypto' {
  import type { p256 as both } from './both.ts'
  import type { Ed25519 } from './ed25519.ts'

  export const ed25519: Ed25519
  export const p256: typeof both | undefined
}
