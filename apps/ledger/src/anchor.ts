/** The name that a capability must be anchored to: the service at its door demands it, and so does the database. */
export const ANCHOR = 'service:ledger'
