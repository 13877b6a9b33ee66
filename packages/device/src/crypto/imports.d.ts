/** Which file it is depends on the entry: see bundle.mjs. */
declare module '#crypto' {
  export const ed25519: import('./ed25519.ts').Ed25519
  export const p256: typeof import('./both.ts').p256 | undefined
}
