/** How long the gateway under test waits for orders. */
export const TIMEOUT_MS = 250
