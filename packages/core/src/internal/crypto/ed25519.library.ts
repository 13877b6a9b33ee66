/** Loads Ed25519 from a library. */
export const library = (): Promise<typeof import('@noble/curves/ed25519.js')> => import('@noble/curves/ed25519.js')
