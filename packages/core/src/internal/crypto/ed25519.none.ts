/** On the edge: every platform there has Ed25519, and the library would be more than half of what a worker weighs. */
export const library = (): Promise<never> => Promise.reject(new Error('this platform has no Ed25519'))
