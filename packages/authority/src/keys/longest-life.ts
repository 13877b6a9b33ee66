/**
 * No token lives longer, in seconds, and no chain of refreshed identities: so long are retired root keys published, and
 * revocations served.
 */
export const LONGEST_LIFE_SECONDS = 86_400
